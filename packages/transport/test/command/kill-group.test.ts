// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { killGroup } from "../../src/command/kill-group.js";

/** A process that has ended, and that nobody has asked how yet, does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test.skipIf(process.platform !== "linux")(
  "ends what a program has started, also when only the program itself ends when asked",
  async () => {
    const script = `(trap "" TERM; while :; do sleep 0.1; done) & echo $!; trap "exit 0" TERM; wait`;
    const child = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    const stubborn = Number(line);
    expect(isRunning(stubborn)).toBe(true);

    killGroup(child);

    await expect.poll(() => isRunning(stubborn), { timeout: 30_000 }).toBe(false);
  },
);
