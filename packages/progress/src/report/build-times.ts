// SPDX-License-Identifier: Apache-2.0
import type { VertexState } from "../state/build-state.js";
import type { CollectedBuild } from "./collect-build.js";

export interface Clock {
  readonly startedAt: string | undefined;
  /** Milliseconds from the start, to a hundredth. */
  toMs(ns: bigint): number;
}

export interface OwnInterval {
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** It had begun before this build did. */
  readonly isCut: boolean;
}

/** When a step ran for this build, to its end. */
export type OwnIntervals = (vertex: VertexState) => readonly OwnInterval[];

/** Builds that share a step are told of it with its times in the first of them: what was before the beginning is left out. */
export function createOwnIntervals(
  { firstNs = 0n, lastNs }: Pick<CollectedBuild, "firstNs" | "lastNs">,
  startedAt: Date | undefined,
): OwnIntervals {
  const sinceNs = startedAt ? BigInt(startedAt.getTime()) * 1_000_000n : firstNs;
  return ({ intervals }) =>
    intervals.flatMap(({ startNs, stopNs = lastNs }) => {
      if (stopNs < sinceNs) return [];
      const isCut = startNs < sinceNs;
      return { startNs: isCut ? sinceNs : startNs, stopNs, isCut };
    });
}

/** Counts from the first start. */
export function createClock(vertexes: readonly VertexState[], ownIntervals: OwnIntervals): Clock {
  const starts = vertexes.flatMap((vertex) => ownIntervals(vertex).map(({ startNs }) => startNs));
  const startNs = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  const date = startNs === undefined ? undefined : new Date(Number(startNs / 1_000_000n));
  return {
    startedAt: date && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined,
    toMs: (ns) => Number((ns - (startNs ?? ns)) / 10_000n) / 100,
  };
}
