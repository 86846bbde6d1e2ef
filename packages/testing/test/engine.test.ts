// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";

import { findEngine, listen, tmpDir, writeTree } from "../src/index.js";

describe("findEngine()", () => {
  test("says how to start an engine where there is none", async () => {
    await using dir = await tmpDir();
    const found = findEngine({ XDG_RUNTIME_DIR: dir.path });
    expect(found).toEqual({ reason: expect.stringContaining("node scripts/engine.mjs up") });
  });

  test("reads the state of the private engine", async () => {
    await using dir = await tmpDir();
    const state = { pid: process.pid, dockerSocket: "/s", dockerHost: "unix:///s", busybox: "/b" };
    await writeTree(dir.path, [
      { path: "bk-engine/main/state.json", kind: "file", data: JSON.stringify(state) },
    ]);
    expect(findEngine({ XDG_RUNTIME_DIR: dir.path })).toMatchObject({ engine: { dockerSocket: "/s" } });
  });

  test("does not take an engine that has ended", async () => {
    await using dir = await tmpDir();
    // Process ids end at 2^22 on Linux.
    await writeTree(dir.path, [{ path: "state.json", kind: "file", data: JSON.stringify({ pid: 2 ** 23 }) }]);
    const found = findEngine({ BK_TEST_ENGINE: dir.join("state.json") });
    expect(found).toEqual({ reason: expect.stringContaining("has ended") });
  });

  test("takes the socket that BK_TEST_ENGINE or, with BK_TEST_DOCKER=1, DOCKER_HOST names", async () => {
    await using server = await listen("unix", () => {});
    const dockerSocket = server.address.slice("unix://".length);
    const engine = { dockerSocket, dockerHost: server.address };
    expect(findEngine({ BK_TEST_ENGINE: dockerSocket })).toEqual({ engine });
    expect(findEngine({ BK_TEST_DOCKER: "1", DOCKER_HOST: server.address })).toEqual({ engine });
    expect(findEngine({ BK_TEST_DOCKER: "1", DOCKER_HOST: "tcp://127.0.0.1:1" })).toEqual({
      reason: "there is no Docker socket at tcp://127.0.0.1:1",
    });
  });
});
