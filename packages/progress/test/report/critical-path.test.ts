// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { findCriticalPath } from "../../src/report/critical-path.js";
import type { ReportStep } from "../../src/report/report-data.js";

type PathStep = Pick<ReportStep, "intervals" | "inputs" | "phase">;

function step(
  from: number,
  to: number,
  inputs: readonly number[] = [],
  phase: ReportStep["phase"] = "ran",
): PathStep {
  return { intervals: [[from, to]], inputs, phase };
}

describe("findCriticalPath()", () => {
  test("goes back from the last step through the input that ended last", () => {
    const steps = [step(0, 10), step(0, 40), step(10, 30, [0]), step(40, 60, [1, 2])];
    expect(findCriticalPath(steps)).toEqual({
      steps: [
        { step: 1, waitedMs: 40 },
        { step: 3, waitedMs: 20 },
      ],
      ms: 60,
    });
  });

  test("goes from an export, which names no inputs, to what ended last before it", () => {
    const steps = [step(0, 50), step(0, 90), step(91, 100), step(0, 98)];
    expect(findCriticalPath(steps).steps).toEqual([
      { step: 1, waitedMs: 90 },
      { step: 2, waitedMs: 9 },
    ]);
  });

  test("counts no time in which nothing of it ran", () => {
    const steps = [step(0, 10), step(50, 60, [0])];
    expect(findCriticalPath(steps)).toMatchObject({ ms: 20 });
  });

  test("passes through steps from the cache", () => {
    const steps = [step(0, 10), step(10, 10, [0], "cached"), step(10, 30, [1])];
    expect(findCriticalPath(steps).steps.map((each) => each.step)).toEqual([0, 2]);
  });

  test("leads to the step that failed, if one is given", () => {
    const steps = [step(0, 10), step(10, 20, [0], "failed"), step(0, 25, [], "canceled")];
    expect(findCriticalPath(steps, 1).steps.map((each) => each.step)).toEqual([0, 1]);
  });

  test("ends for steps that wait for each other, and for none", () => {
    expect(findCriticalPath([step(0, 10, [1]), step(0, 10, [0])]).steps).toHaveLength(2);
    expect(findCriticalPath([])).toEqual({ steps: [], ms: 0 });
    expect(findCriticalPath([{ intervals: [], inputs: [], phase: "pending" }], 0)).toEqual({
      steps: [],
      ms: 0,
    });
  });
});
