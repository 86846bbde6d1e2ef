// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enginePlaces } from "../places.mjs";

const ENGINE = fileURLToPath(new URL("../../engine.mjs", import.meta.url));

let dir;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "bk-engine-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function engine(...args) {
  const env = { ...process.env, XDG_CACHE_HOME: dir, XDG_RUNTIME_DIR: dir };
  return spawnSync(process.execPath, [ENGINE, ...args], { env, encoding: "utf8" });
}

describe("scripts/engine.mjs", () => {
  test("tells that no engine runs", () => {
    expect(engine("status")).toMatchObject({ status: 1, stdout: "No engine is running.\n" });
    expect(engine("status", "--json")).toMatchObject({ status: 1, stdout: "null\n" });
    expect(engine("down")).toMatchObject({ status: 0, stdout: "No engine was running.\n" });
  });

  test("explains itself when it is asked for something else", () => {
    expect(engine("start")).toMatchObject({ status: 1, stderr: expect.stringContaining("Usage:") });
    expect(engine("up", "--no-such")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("--no-such"),
    });
    expect(engine("up", "--name", "Too Long A Name")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("not 1 to 8 letters"),
    });
  });
});

describe("enginePlaces()", () => {
  test("refuses a runtime folder in which the kernel could not make the sockets", () => {
    expect(() => enginePlaces({ env: { XDG_RUNTIME_DIR: `/${"x".repeat(80)}` } })).toThrow(
      "too long for unix",
    );
  });

  test("keeps two engines apart", () => {
    const [one, two] = ["a", "b"].map((name) => enginePlaces({ name, env: {} }));
    for (const key of ["dockerSocket", "dataRoot", "bridge", "pidFile"]) expect(one[key]).not.toBe(two[key]);
  });
});
