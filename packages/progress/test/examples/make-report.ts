// SPDX-License-Identifier: Apache-2.0
import { createReportCollector, renderReport, toReportData } from "@bk/progress/report";
import type { SolveStatus } from "@bk/solver";

/** The page about a build, as HTML. */
export async function makeReport(statuses: AsyncIterable<SolveStatus>): Promise<string> {
  const collector = createReportCollector();
  for await (const status of statuses) collector.update(status);
  return renderReport(toReportData(collector.collected(), { title: "app:1.0", outcome: "completed" }));
}
