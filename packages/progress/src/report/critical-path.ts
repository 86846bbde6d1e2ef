// SPDX-License-Identifier: Apache-2.0
import type { ReportPath, ReportStep } from "./report-data.js";

type PathStep = Pick<ReportStep, "intervals" | "inputs" | "phase">;

/** What ends so shortly after a step's start did not hold it up: clocks and messages are not that exact. */
const TOLERANCE_MS = 5;

/**
 * The chain of steps that the build waited for, first to last: from the step that ended last (or `last`, such as the one
 * that failed) back to the input that ended last, and so on. A step that names no inputs, or none that ran, such as an
 * export, waited for what ended last before it. Steps from the cache are passed through and not listed.
 */
export function findCriticalPath(steps: readonly PathStep[], last?: number): ReportPath {
  const ended = byEnd(steps);
  const path: { step: number; waitedMs: number }[] = [];
  const seen = new Set<number>();
  let at = last !== undefined && endOf(steps[last]) !== undefined ? last : ended.at(-1);
  let untilMs = endOf(steps[at ?? -1]) ?? 0;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const step = steps[at];
    const before = step && findCause(steps, ended, step, seen);
    const startMs = Math.max(step?.intervals[0]?.[0] ?? 0, endOf(steps[before ?? -1]) ?? 0);
    const waitedMs = Math.max(Math.min(untilMs, endOf(step) ?? 0) - startMs, 0);
    if (step && step.phase !== "cached") path.unshift({ step: at, waitedMs });
    untilMs = Math.min(untilMs, startMs);
    at = before;
  }
  return { steps: path, ms: path.reduce((sum, { waitedMs }) => sum + waitedMs, 0) };
}

function findCause(
  steps: readonly PathStep[],
  ended: readonly number[],
  { inputs, intervals }: PathStep,
  seen: ReadonlySet<number>,
): number | undefined {
  const candidates = inputs.filter((input) => !seen.has(input) && endOf(steps[input]) !== undefined);
  if (candidates.length > 0) return candidates.reduce((a, b) => (endAt(steps, b) > endAt(steps, a) ? b : a));
  const startMs = intervals[0]?.[0] ?? 0;
  return ended.findLast((step) => !seen.has(step) && endAt(steps, step) <= startMs + TOLERANCE_MS);
}

function byEnd(steps: readonly PathStep[]): readonly number[] {
  return [...steps.keys()]
    .filter((step) => endOf(steps[step]) !== undefined)
    .sort((a, b) => endAt(steps, a) - endAt(steps, b));
}

function endAt(steps: readonly PathStep[], step: number): number {
  return endOf(steps[step]) ?? 0;
}

function endOf(step: PathStep | undefined): number | undefined {
  return step?.intervals.at(-1)?.[1];
}
