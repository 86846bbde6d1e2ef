// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration, formatShare } from "../../src/report/format.js";

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 0 s"],
  [3_599_600, "1 h 0 min"],
  [11_000_000, "3 h 3 min"],
])("formatDuration(%d) is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1500, "1.5 kB"],
  [999_600, "1 MB"],
  [120_300_000, "120 MB"],
])("formatBytes(%d) is %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("counts and shares read as people write them", () => {
  expect([formatCount(1, "step"), formatCount(2000, "step")]).toEqual(["1 step", "2,000 steps"]);
  expect([formatShare(1, 3), formatShare(0, 0)]).toEqual(["33 %", "0 %"]);
});
