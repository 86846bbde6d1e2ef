// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { stat, truncate, writeFile } from "node:fs/promises";
import { joinSessionTunnel, openSessionPeer, startFakeDaemon, type TmpDir, tmpDir, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { compileCacheDir } from "../src/compile-cache.js";
import { type BkOptions, runBk } from "./bk.js";

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

test.each([
  ["for a user without a home", { HOME: "", XDG_CACHE_HOME: "" }],
  ["where nothing can be kept", { XDG_CACHE_HOME: import.meta.filename }],
])("bk runs %s", async (_, env) => {
  const built = await build({ env });
  expect(built).toMatchObject({ exitCode: 0, stderr: "" });
});

describe("compiled code", () => {
  test("a build keeps the compiled program, which the next one loads", async () => {
    await using cache = await tmpDir();
    const env = { XDG_CACHE_HOME: cache.path };
    expect((await build({ env })).exitCode).toBe(0);
    const [file] = kept(cache);
    const before = await stat(file);

    expect((await build({ env })).exitCode).toBe(0);

    expect(kept(cache)).toEqual([file]);
    expect((await stat(file)).ino).toBe(before.ino);
  });

  test("a build replaces what is damaged", async () => {
    await using cache = await tmpDir();
    const env = { XDG_CACHE_HOME: cache.path };
    await build({ env });
    const [file] = kept(cache);
    const { size } = await stat(file);
    await truncate(file, size - 1000);

    expect((await build({ env })).exitCode).toBe(0);

    expect((await stat(file)).size).toBeGreaterThan(size / 2);
    expect(kept(cache)).toEqual([file]);
  });

  test("what runs little of the program keeps nothing of it", async () => {
    await using cache = await tmpDir();
    const env = { XDG_CACHE_HOME: cache.path };
    for (const args of [["version"], ["build", "--help"], ["build"]]) await runBk(args, { env });
    expect(readdirSync(cache.path)).toEqual([]);
  });

  test("what is loaded before, and changes how Node compiles, goes on working", async () => {
    await using dir = await tmpDir();
    const env = { XDG_CACHE_HOME: dir.join("cache") };
    const hook = dir.join("hook.cjs");
    await writeFile(
      hook,
      `const { prototype } = require("node:module");
      const compile = prototype._compile;
      prototype._compile = function (content, ...rest) {
        return compile.call(this, content + ";globalThis.compiled = (globalThis.compiled ?? 0) + 1", ...rest);
      };
      process.on("exit", () => console.error(globalThis.compiled > 1));`,
    );
    const nodeArgs = ["--enable-source-maps", "--require", hook];
    for (const _ of ["compiled", "kept"])
      expect(await build({ env, nodeArgs })).toMatchObject({ exitCode: 0, stderr: "true\n" });
  });
});

/** Builds with a daemon that has nothing to do. */
async function build(options: BkOptions) {
  await using daemon = await startFakeDaemon({
    handlers: {
      "/moby.buildkit.v1.Control/Session"(call) {
        openSessionPeer(joinSessionTunnel(call)); // ends with the call
      },
      "/moby.buildkit.v1.Control/Status": (call) => call.end(),
      "/moby.buildkit.v1.Control/Solve"(call) {
        call.sendBytes(new Uint8Array());
        call.end();
      },
    },
  });
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  const env = { ...options.env, BUILDKIT_HOST: daemon.address };
  return await runBk(["build", "-o", "type=cacheonly", context.path], { ...options, env });
}

function kept(cache: TmpDir): readonly [string] {
  const dir = cache.join("bk", "compile-cache");
  const names = readdirSync(dir);
  expect(names).toHaveLength(1);
  return [`${dir}/${names[0]}`];
}
