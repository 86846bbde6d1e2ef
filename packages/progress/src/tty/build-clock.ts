// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";

/** Tells the time on the daemon's clock, which may differ from the one here. */
export interface BuildClock {
  /** Takes note of the times in a message that came at `nowMs`. */
  observe(status: SolveStatus, nowMs: number): void;
  /** Nanoseconds since 1970. Never before anything that the daemon has told. */
  nowNs(nowMs: number): bigint;
  /** When the first step began; undefined before that. */
  readonly startNs: bigint | undefined;
}

/**
 * A step that begins is taken to begin when the message comes. A build that is told afterwards, all at once, then ends
 * when its last step did.
 */
export function createBuildClock(): BuildClock {
  let startNs: bigint | undefined;
  let startMs = 0;
  let latestNs = 0n;

  function note(timeNs: bigint | undefined): void {
    if (timeNs !== undefined && timeNs > latestNs) latestNs = timeNs;
  }

  return {
    observe({ vertexes, statuses, logs }, nowMs) {
      for (const { startedNs, completedNs } of vertexes) {
        if (startNs === undefined && startedNs !== undefined) {
          startNs = startedNs;
          startMs = nowMs;
        }
        note(startedNs);
        note(completedNs);
      }
      for (const { timestampNs } of statuses) note(timestampNs);
      for (const { timestampNs } of logs) note(timestampNs);
    },
    nowNs(nowMs) {
      const elapsed = startNs === undefined ? 0n : startNs + BigInt(Math.round((nowMs - startMs) * 1e6));
      return elapsed > latestNs ? elapsed : latestNs;
    },
    get startNs() {
      return startNs;
    },
  };
}
