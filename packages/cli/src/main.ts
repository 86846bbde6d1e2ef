#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { enableCompileCache } from "./compile-cache.js";
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
  enableCompileCache(process.env);
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
