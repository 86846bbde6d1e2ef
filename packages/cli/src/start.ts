// SPDX-License-Identifier: Apache-2.0
import { enableCompileCache } from "./compile-cache.js";
import { watchInterrupts } from "./interrupt.js";

/** Runs a command line as the process that this is. Loads the program when what it takes to stop it is in place. */
export async function start(args: readonly string[]): Promise<void> {
  const keepCompiled = enableCompileCache(process.env);
  const interrupts = watchInterrupts(process);
  const { runCli } = await import("./run-cli.js");
  let built = false;
  const exitCode = await runCli(args, {
    env: process.env,
    // Node opens it when it is first looked at.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupts.signal,
    onBuilt() {
      built = true;
    },
  });
  interrupts.stop();
  process.exitCode = exitCode;
  if (built) keepCompiled();
}
