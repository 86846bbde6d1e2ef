// SPDX-License-Identifier: Apache-2.0
import type { ReportConcurrency, ReportStep } from "./report-data.js";

/** Parts that the build's time is cut into. */
const PARTS = 240;

/** How many of the steps ran at once. Those from the cache do not count. */
export function measureConcurrency(
  steps: readonly Pick<ReportStep, "intervals" | "phase">[],
  wallMs: number,
): ReportConcurrency {
  const changes = steps
    .filter(({ phase }) => phase !== "cached")
    .flatMap(({ intervals }) => intervals)
    .filter(([startMs, endMs]) => endMs > startMs)
    .flatMap(
      ([startMs, endMs]) =>
        [
          { atMs: startMs, by: 1 },
          { atMs: endMs, by: -1 },
        ] as const,
    )
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  const profile = new Array<number>(wallMs > 0 ? PARTS : 0).fill(0);
  const partOf = (ms: number) => Math.floor((ms / wallMs) * PARTS);
  let running = 0;
  let max = 0;
  let parallelMs = 0;
  let sinceMs = 0;
  for (const { atMs, by } of changes) {
    if (running > 1) parallelMs += atMs - sinceMs;
    if (running > 0) raise(profile, partOf(sinceMs), Math.ceil((atMs / wallMs) * PARTS), running);
    running += by;
    max = Math.max(max, running);
    sinceMs = atMs;
  }
  return { max, parallelMs, profile };
}

function raise(profile: number[], from: number, to: number, count: number): void {
  for (let part = Math.max(from, 0); part < Math.min(to, profile.length); part++)
    profile[part] = Math.max(profile[part] ?? 0, count);
}
