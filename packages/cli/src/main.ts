#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import module from "node:module";
import { watchInterrupts } from "./interrupt.js";
import { readVersion } from "./version.js";

// The reader of a pipe may leave at any time.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const args = process.argv.slice(2);
// Scripts ask for it, and nothing else need be loaded to answer.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  // Where Node has it (22.1 and later), the compiled program is kept in the user's cache folder for the next time.
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  const interrupts = watchInterrupts(process);
  void import("./run-cli.js")
    .then(({ runCli }) =>
      runCli(args, {
        env: process.env,
        // Node opens it when it is first looked at.
        get stdin() {
          return process.stdin;
        },
        stdout: process.stdout,
        stderr: process.stderr,
        signal: interrupts.signal,
      }),
    )
    .then((exitCode) => {
      interrupts.stop();
      process.exitCode = exitCode;
    });
}
