// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseRfc3339 } from "../../../src/auth/token/rfc3339.js";

describe("parseRfc3339()", () => {
  test.each([
    ["2024-05-01T10:00:00Z", 1_714_557_600],
    ["2024-05-01T12:00:00.999999999+02:00", 1_714_557_600],
    ["2024-05-01T09:30:00-00:30", 1_714_557_600],
    ["1969-12-31T23:59:59Z", -1],
    ["0001-01-01T00:00:00Z", -62_135_596_800],
  ])("%s is %d", (text, seconds) => {
    expect(parseRfc3339(text)).toBe(seconds);
  });

  test.each([
    "",
    "2024-05-01",
    "2024-05-01 10:00:00Z",
    "2024-05-01T10:00:00",
    "2024-02-30T10:00:00Z",
    "2024-13-01T10:00:00Z",
    "2024-05-01T24:00:00Z",
    "2024-05-01T10:00:00,5Z",
    "2024-05-01T10:00:00+2:00",
    "2024-05-01t10:00:00z",
  ])("%j is no time", (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
