// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { compileCacheDir } from "../src/compile-cache.js";
import { runBk } from "./bk.js";

test.each([
  ["XDG's cache folder", { XDG_CACHE_HOME: "/cache", HOME: "/home/me" }, "/cache/bk/compile-cache"],
  ["that of the home folder", { HOME: "/home/me" }, "/home/me/.cache/bk/compile-cache"],
  [
    "not one below the working directory",
    { XDG_CACHE_HOME: "cache", HOME: "/home/me" },
    "/home/me/.cache/bk/compile-cache",
  ],
  ["nowhere without a home", { HOME: "" }, undefined],
])("compiled code is kept in %s", (_, env, dir) => {
  expect(compileCacheDir(env)).toBe(dir);
});

test("bk runs for a user without a home", async () => {
  const { exitCode, stderr } = await runBk(["version"], { env: { HOME: "" } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});
