// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { findTicks, formatTick } from "../../../src/report/page/ticks.js";

describe("findTicks()", () => {
  test("finds round times, and not too many", () => {
    expect(findTicks(0, 16_300, 6)).toEqual([0, 5000, 10_000, 15_000]);
    expect(findTicks(1_230, 1_390, 5)).toEqual([1250, 1300, 1350]);
    expect(findTicks(0, 3 * 86_400_000, 4)).toEqual([0, 86_400_000, 172_800_000, 259_200_000]);
  });

  test("finds none in no time", () => {
    expect(findTicks(5, 5, 6)).toEqual([]);
    expect(findTicks(0, Number.NaN, 6)).toEqual([]);
  });
});

test.each([
  [0, "0"],
  [250, "250 ms"],
  [1500, "1.5 s"],
  [150_000, "2:30"],
  [3_900_000, "1:05:00"],
])("formatTick(%d) is %s", (ms, text) => {
  expect(formatTick(ms)).toBe(text);
});
