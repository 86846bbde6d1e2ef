// SPDX-License-Identifier: Apache-2.0
import type { VertexStatus, VertexWarning } from "@bk/solver";
import type { Interval } from "../intervals.js";
import type { LogTail } from "./log-tail.js";

/** All that a build's status has told so far, for whatever shows it. Plain data that never changes. */
export interface BuildState {
  /** In the order in which the daemon first named them. Steps of one group are one entry. At most 10,000. */
  readonly vertexes: readonly VertexState[];
  /** Place in `vertexes`, by the digest of a step and by the id of a group. */
  readonly positions: ReadonlyMap<string, number>;
  /** At most 1,000, without the whole files that they are about. */
  readonly warnings: readonly VertexWarning[];
  /** Steps, transfers and warnings that were not kept because there were too many. */
  readonly dropped: number;
}

/** A step of a build, or a group of steps. */
export interface VertexState {
  /** Of the step, or the id of the group. */
  readonly digest: string;
  /** As the daemon sent it: control characters and all. */
  readonly name: string;
  /** Digests of the steps whose results it uses. */
  readonly inputs: readonly string[];
  readonly phase: VertexPhase;
  /** The daemon's text; empty without an error. */
  readonly error: string;
  /** When it ran: without overlaps, by time. The last one has no end while it runs. At most 256. */
  readonly intervals: readonly Interval[];
  /** In the order in which they were first told. At most 500. */
  readonly transfers: readonly VertexStatus[];
  /** Empty again when it is done without an error. */
  readonly logs: LogTail;
  /** Nothing but weak steps of the group have started: not worth showing. */
  readonly hidden: boolean;
  /** Of a group: its steps. At most 500. */
  readonly members: readonly VertexState[];
  /** Of a step in a group: it does not make the group worth showing. */
  readonly weak: boolean;
}

/** `pending` has not started. A step may run again after it was done. */
export type VertexPhase = "pending" | "running" | "done" | "cached" | "failed" | "canceled";

/** Of a build that has told nothing. */
export const EMPTY_BUILD: BuildState = { vertexes: [], positions: new Map(), warnings: [], dropped: 0 };

/** How long a step has run, in nanoseconds, until `nowNs` if it still runs. */
export function durationNs({ intervals }: Pick<VertexState, "intervals">, nowNs: bigint): bigint {
  let sum = 0n;
  for (const { startNs, stopNs = nowNs } of intervals) if (stopNs > startNs) sum += stopNs - startNs;
  return sum;
}
