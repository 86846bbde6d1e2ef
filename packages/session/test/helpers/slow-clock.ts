// SPDX-License-Identifier: Apache-2.0
import { onTestFinished, vi } from "vitest";

/** As if 10 ms went by between any two looks at the clock: each one finds the time slice spent. */
export function useSlowClock(): void {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
  onTestFinished(() => void clock.mockRestore());
}

/** Runs `work`, and counts how often the event loop turned meanwhile. */
export async function countTurns(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  await work().finally(() => clearImmediate(next));
  return turns;
}
