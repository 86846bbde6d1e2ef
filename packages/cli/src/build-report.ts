// SPDX-License-Identifier: Apache-2.0
import { basename, resolve } from "node:path";
import type { BuildOptions, BuildResult, SolveStatus } from "@bk/client";
import type { ReportFacts } from "@bk/progress/report";
import type { BuildFlags } from "./build-flags.js";
import type { CliContext } from "./cli-context.js";
import { describeError } from "./describe-error.js";

/** The page about a build that runs, if one was asked for. */
export interface BuildReport {
  readonly onStatus: ((status: SolveStatus) => void) | undefined;
  /**
   * Writes the page when `build` has ended, whichever way: what is known of one that failed or was interrupted, too.
   * Nothing is written of a build that did not begin. A failure of `build` is told, not one of the page after it.
   */
  during(build: () => Promise<BuildResult>): Promise<void>;
}

const NO_REPORT: BuildReport = {
  onStatus: undefined,
  async during(build) {
    await build();
  },
};

/** @throws {SolverError} `BK_OPTIONS_INVALID` for a path that cannot be written. */
export async function openBuildReport(
  flags: Pick<BuildFlags, "report" | "tag" | "target">,
  options: BuildOptions,
  { env, signal, stderr }: Pick<CliContext, "env" | "signal" | "stderr">,
): Promise<BuildReport> {
  const { report: path } = flags;
  if (path === undefined) return NO_REPORT;
  const { checkFileTarget } = await import("@bk/solver");
  await checkFileTarget("report", resolve(path));
  const { createReportCollector, toReportData } = await import("@bk/progress/report");
  const collector = createReportCollector();

  async function write(facts: ReportFacts): Promise<void> {
    const { writeReport } = await import("./write-report.js");
    await writeReport(
      path ?? "",
      toReportData(collector.collected(), { title: toTitle(flags, options), ...facts }),
    );
  }

  async function writeFailed(error: unknown): Promise<void> {
    if (collector.collected().state.vertexes.length === 0) return;
    await write(await explain(error, signal)).catch(async (failure: unknown) => {
      stderr.write((await describeError(failure, { env })).text);
    });
  }

  return {
    onStatus: collector.update,
    async during(build) {
      const result = await build().catch(async (error: unknown) => {
        await writeFailed(error);
        throw error;
      });
      await write({ outcome: "completed", ref: result.ref });
    },
  };
}

/** A URL may hold credentials: no part of one is shown. */
function toTitle(
  { tag, target }: Pick<BuildFlags, "tag" | "target">,
  { contextDir }: BuildOptions,
): string | undefined {
  return tag?.[0] ?? target ?? (contextDir === undefined ? undefined : basename(resolve(contextDir)));
}

async function explain(error: unknown, signal: AbortSignal): Promise<ReportFacts> {
  if (signal.aborted) return { outcome: "interrupted" };
  const { SolverError } = await import("@bk/solver");
  if (!SolverError.is(error)) return { outcome: "failed", failure: { message: String(error) } };
  const { code, message, failure = { message } } = error;
  return { outcome: code === "BK_SOLVE_CANCELED" ? "canceled" : "failed", failure };
}
