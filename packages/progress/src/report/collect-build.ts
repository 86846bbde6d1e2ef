// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import { type BuildState, EMPTY_BUILD } from "../state/build-state.js";
import { reduceStatus } from "../state/reduce-status.js";
import { createKeptLogs, type KeptLog } from "./kept-logs.js";

/** What a report is made of. */
export interface CollectedBuild {
  readonly state: BuildState;
  /** The output of a step, by its place in `state.vertexes`. */
  readonly logOf: (place: number) => KeptLog;
  /** The latest time that was told; steps that were never told to have ended ran until then. */
  readonly lastNs: bigint;
  /** When the first steps started that were told to have; undefined when none was. */
  readonly firstNs: bigint | undefined;
}

/** Remembers a build's status for a report. */
export interface ReportCollector {
  readonly update: (status: SolveStatus) => void;
  /** What has been told so far. */
  collected(): CollectedBuild;
}

/** Bounded as `BuildState` is, with at most 256 KiB of output of each step and 8 MiB in all. Never throws. */
export function createReportCollector(): ReportCollector {
  const logs = createKeptLogs();
  let state = EMPTY_BUILD;
  let lastNs = 0n;
  let firstNs: bigint | undefined;
  return {
    update(status) {
      state = reduceStatus(state, status);
      for (const { vertex, data } of status.logs) {
        const place = state.positions.get(vertex);
        if (place !== undefined) logs.append(place, data);
      }
      firstNs ??= earliestStart(status);
      for (const ns of timesOf(status)) if (ns > lastNs) lastNs = ns;
    },
    collected: () => ({ state, logOf: logs.of, lastNs, firstNs }),
  };
}

function earliestStart({ vertexes }: SolveStatus): bigint | undefined {
  let first: bigint | undefined;
  for (const { startedNs } of vertexes)
    if (startedNs !== undefined && (first === undefined || startedNs < first)) first = startedNs;
  return first;
}

function* timesOf({ vertexes, statuses, logs }: SolveStatus): Generator<bigint> {
  for (const { startedNs = 0n, completedNs = startedNs } of vertexes) yield completedNs;
  for (const { timestampNs = 0n, completedNs = timestampNs } of statuses) yield completedNs;
  for (const { timestampNs = 0n } of logs) yield timestampNs;
}
