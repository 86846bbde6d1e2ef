#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { watchInterrupts } from "./interrupt.js";
import { runCli } from "./run-cli.js";

// The reader of a pipe may leave at any time.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const interrupts = watchInterrupts(process);
void runCli(process.argv.slice(2), {
  env: process.env,
  // Node opens it when it is first looked at.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupts.signal,
}).then((exitCode) => {
  interrupts.stop();
  process.exitCode = exitCode;
});
