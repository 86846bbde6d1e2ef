// SPDX-License-Identifier: Apache-2.0
import { createReportCollector, type ReportData, renderReport, toReportData } from "@bk/progress/report";
import { type BuildRecord, type Daemon, explainBuild, inspectBuild, readStatus } from "@bk/solver";
import type { CliContext } from "./cli-context.js";
import { UsageError } from "./usage-error.js";
import { writeReport } from "./write-report.js";
import { writeStdout } from "./write-stdout.js";

/** Stands for stdout where a path is expected. */
const STDOUT = "-";

/** Writes the page about a build of the daemon's history; of one that runs, when it has ended. */
export async function writeHistoryReport(
  path: string,
  ref: string,
  daemon: Daemon,
  { signal, stdout }: Pick<CliContext, "signal" | "stdout">,
): Promise<void> {
  if (path === STDOUT && "isTTY" in stdout && stdout.isTTY === true)
    throw new UsageError("--output needs a file: the page would go to the terminal");
  const data = await readReport(daemon, ref, signal);
  if (path === STDOUT) await writeStdout([renderReport(data)], stdout, { signal });
  else await writeReport(path, data);
}

async function readReport(daemon: Daemon, ref: string, signal: AbortSignal): Promise<ReportData> {
  await inspectBuild(daemon, ref, { signal }); // an unknown ref would be waited for
  const collector = createReportCollector();
  for await (const status of readStatus(daemon, ref, { signal })) collector.update(status);
  const record = await inspectBuild(daemon, ref, { signal });
  return toReportData(collector.collected(), {
    title: toTitle(record),
    ref,
    startedAt: record.createdAt,
    outcome: record.state === "running" ? "interrupted" : record.state,
    failure: await explainBuild(daemon, ref, { signal }),
  });
}

/** The first name of an image that the build made. */
function toTitle({ exporters }: BuildRecord): string | undefined {
  const names = exporters.map(({ attrs }) => attrs["name"]?.split(",")[0]);
  return names.find((name) => name !== undefined && name !== "");
}
