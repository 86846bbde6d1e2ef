// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatBytes, secondsBetween, toFixedEven } from "../src/numbers.js";

test.each([
  [0.0625, 3, "0.062"],
  [0.1875, 3, "0.188"],
  [0.25, 1, "0.2"],
  [0.75, 1, "0.8"],
  [0.05, 1, "0.1"],
  [-0.25, 1, "-0.2"],
])("%d with %d decimals is %s", (value, digits, text) => {
  expect(toFixedEven(value, digits)).toBe(text);
});

test.each([
  [0, "0B"],
  [999, "999B"],
  [1000, "1.00kB"],
  [999_999, "1000.00kB"],
  [-1500, "-1.50kB"],
  [2 ** 63, "9.22EB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("a span that is too long for 64 bits of nanoseconds ends there", () => {
  expect(secondsBetween(0n, 2n ** 90n)).toBe(secondsBetween(0n, 2n ** 63n));
  expect(secondsBetween(1n, 1_500_000_001n)).toBe(1.5);
});
