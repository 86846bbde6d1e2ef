// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ReportData, renderReport } from "@bk/progress/report";
import { openFileTarget } from "@bk/solver";

/** Writes the page about a build to a file, whole or not at all. @throws {SessionError} `BK_EXPORT_FAILED` */
export async function writeReport(path: string, data: ReportData): Promise<void> {
  const page = renderReport(data);
  const { body, done } = await openFileTarget(resolve(path));
  const [sent, written] = await Promise.allSettled([pipeline([page], body), done]);
  for (const part of [written, sent]) if (part.status === "rejected") throw part.reason;
}
