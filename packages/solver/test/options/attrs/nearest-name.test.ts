// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { nearestName } from "../../../src/options/attrs/nearest-name.js";

describe("nearestName()", () => {
  const names = ["push", "push-by-digest", "compression", "compression-level", "unpack"];

  test.each([
    ["pusg", "push"],
    ["PUSH", "push"],
    ["push-by-diget", "push-by-digest"],
    ["compresion", "compression"],
    ["compressionlevel", "compression-level"],
    ["un-pack", "unpack"],
  ])("takes %s for %s", (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  test.each(["x", "", "tar", "something-else-entirely"])("takes %j for none of them", (given) => {
    expect(nearestName(given, names)).toBeUndefined();
  });
});
