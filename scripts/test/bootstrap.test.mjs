// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { isAtLeast } from "../bootstrap.mjs";

describe("isAtLeast()", () => {
  test.each([
    ["20.19.0", true],
    ["20.20.2", true],
    ["22.0.0", true],
    ["20.18.9", false],
    ["18.20.0", false],
  ])("Node %s reaches 20.19: %s", (version, reaches) => {
    expect(isAtLeast(version, "20.19")).toBe(reaches);
  });
});
