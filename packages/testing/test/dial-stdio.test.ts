// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { leakCheck, listen } from "../src/index.js";
import { relayProgram } from "../src/relay/programs.js";

/** Makes each write to standard output wait for a while, as one to a full pipe waits for its reader. */
const SLOW_STDOUT = `
  const { stdout } = process;
  const write = stdout._write;
  const wait = (turns, next) => setImmediate(turns > 0 ? () => wait(turns - 1, next) : next);
  stdout._write = (...args) => wait(1000, () => write.apply(stdout, args));
  stdout._writev = null;`;

describe("dial-stdio", () => {
  leakCheck();

  test("passes the daemon's last bytes on before it ends", async () => {
    await using daemon = await listen("unix", (socket) => socket.end("last words"));

    const path = daemon.address.slice("unix://".length);
    const args = [
      `--import=data:text/javascript,${encodeURIComponent(SLOW_STDOUT)}`,
      relayProgram("dial-stdio-main"),
      path,
    ];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });

    expect(await text(child.stdout)).toBe("last words");
  });
});
