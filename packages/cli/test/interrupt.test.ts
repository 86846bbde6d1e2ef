// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startFakeDaemon, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

const main = fileURLToPath(new URL("../dist/main.cjs", import.meta.url));

describe("Ctrl-C", () => {
  test("does not wait for a daemon that never answers", async () => {
    await using daemon = await startFakeDaemon();
    daemon.handle("/moby.buildkit.v1.Control/Info", () => {});
    const interruptWhen = daemon.waitForCall("/moby.buildkit.v1.Control/Info");
    const result = await runBk(["wait", "--builder", daemon.address], { interruptWhen });
    expect(result).toEqual({ exitCode: 130, stdout: "", stderr: "bk: interrupted\n" });
  });

  test.skipIf(process.platform === "win32")("leaves at once when it comes a second time", async () => {
    await using dir = await tmpDir();
    const pipe = dir.join("policy.json");
    await promisify(execFile)("mkfifo", [pipe]);
    const args = ["build", "--source-policy-file", pipe, dir.path];
    const child = spawn(process.execPath, [main, ...args], { stdio: "ignore" });
    const closed = once(child, "close");
    // Opens when bk has opened the other end. Nothing comes out of it, and reading cannot be called off.
    await using _held = await open(pipe, "w");

    const again = setInterval(() => child.kill("SIGINT"), 20);

    expect(await closed.finally(() => clearInterval(again))).toEqual([null, "SIGINT"]);
  });
});
