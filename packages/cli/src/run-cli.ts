// SPDX-License-Identifier: Apache-2.0
import { CommanderError } from "commander";
import type { ProcessContext } from "./cli-context.js";
import { describeError } from "./describe-error.js";
import { EXIT_CODES } from "./exit-codes.js";
import { createProgram } from "./program.js";

/** Runs one command line, without the name of the program. Resolves to the exit code; never rejects. */
export async function runCli(args: readonly string[], context: ProcessContext): Promise<number> {
  const { env, stderr } = context;
  const program = createProgram(context);
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT_CODES.ok;
  } catch (error) {
    // Commander has printed its text already: help, the version, or what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    const { debug } = program.opts<{ debug?: boolean }>();
    const { exitCode, text } = await describeError(error, { env, debug });
    stderr.write(text);
    return exitCode;
  }
}
