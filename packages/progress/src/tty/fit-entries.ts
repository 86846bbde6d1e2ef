// SPDX-License-Identifier: Apache-2.0
import type { Entry } from "./entry.js";

/** What is shown of all entries: those that run first, then the latest of the others. Their order stays. */
export function fitEntries(entries: readonly Entry[], maxLines: number): readonly Entry[] {
  if (entries.length <= maxLines) return entries;
  const chosen = new Set<number>();
  for (const isWanted of [isRunningStep, isRunningTransfer, isRest]) {
    for (let at = entries.length - 1; at >= 0 && chosen.size < maxLines; at--) {
      const entry = entries[at];
      if (entry && isWanted(entry)) chosen.add(at);
    }
  }
  return entries.filter((_, at) => chosen.has(at));
}

function isRunningStep({ kind, isRunning }: Entry): boolean {
  return kind === "step" && isRunning;
}

function isRunningTransfer({ kind, isRunning }: Entry): boolean {
  return kind === "transfer" && isRunning;
}

function isRest({ isRunning }: Entry): boolean {
  return !isRunning;
}
