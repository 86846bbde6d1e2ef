// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { measureConcurrency } from "../../src/report/concurrency.js";
import type { ReportStep } from "../../src/report/report-data.js";

type Intervals = ReportStep["intervals"];

function steps(...all: readonly Intervals[]): readonly Pick<ReportStep, "intervals" | "phase">[] {
  return all.map((intervals) => ({ intervals, phase: "ran" }));
}

describe("measureConcurrency()", () => {
  test("tells the most steps at once, and for how long several ran", () => {
    const { max, parallelMs } = measureConcurrency(steps([[0, 100]], [[20, 60]], [[40, 50]]), 100);
    expect({ max, parallelMs }).toEqual({ max: 3, parallelMs: 40 });
  });

  test("steps that follow one another do not run at once", () => {
    const { max, parallelMs } = measureConcurrency(steps([[0, 50]], [[50, 100]]), 100);
    expect({ max, parallelMs }).toEqual({ max: 1, parallelMs: 0 });
  });

  test("the profile has the most of each part of the time", () => {
    const { profile } = measureConcurrency(steps([[0, 120]], [[60, 240]], [[200, 201]]), 240);
    expect(profile).toHaveLength(240);
    expect([
      profile[0],
      profile[59],
      profile[60],
      profile[119],
      profile[120],
      profile[200],
      profile[239],
    ]).toEqual([1, 1, 2, 2, 1, 2, 1]);
  });

  test("steps from the cache and builds that took no time count for nothing", () => {
    const cached = { intervals: [[0, 10]] as Intervals, phase: "cached" as const };
    expect(measureConcurrency([cached], 10)).toMatchObject({ max: 0, parallelMs: 0 });
    expect(measureConcurrency(steps([[0, 0]]), 0)).toEqual({ max: 0, parallelMs: 0, profile: [] });
  });
});
