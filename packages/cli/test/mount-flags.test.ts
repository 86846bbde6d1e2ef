// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { toMountOptions } from "../src/mount-flags.js";

describe("toMountOptions()", () => {
  test.each([
    ["ssh://git@host/app.git", { default: {} }],
    ["git@host:app.git#main", { default: {} }],
    ["https://host/app.git", undefined],
    [".", undefined],
  ])("of the context %s, shares the user's agent when none is given: %j", async (contextPath, ssh) => {
    expect((await toMountOptions(contextPath, {}, {})).ssh).toEqual(ssh);
  });

  test("shares no agent but those given", async () => {
    const { ssh } = await toMountOptions("git@host:app.git", { ssh: ["other=/key"] }, {});
    expect(ssh).toEqual({ other: { keyFiles: ["/key"] } });
  });

  test("refuses one agent twice", async () => {
    await expect(toMountOptions(".", { ssh: ["default", "default=/key"] }, {})).rejects.toThrow("two agents");
  });
});
