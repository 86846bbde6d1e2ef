// SPDX-License-Identifier: Apache-2.0

/** A time that a step ran, in nanoseconds since 1970. */
export interface Interval {
  readonly startNs: bigint;
  /** Undefined while it runs. */
  readonly stopNs: bigint | undefined;
}

/** Joins intervals that touch or overlap, by time. One that still runs takes in all that begin after it. */
export function mergeIntervals(intervals: Iterable<Interval>): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last && last.stopNs === undefined) break;
    if (last?.stopNs === undefined || last.stopNs < interval.startNs) merged.push(interval);
    else if (interval.stopNs === undefined || interval.stopNs > last.stopNs)
      merged[merged.length - 1] = { startNs: last.startNs, stopNs: interval.stopNs };
  }
  return merged;
}
