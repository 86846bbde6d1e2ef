// SPDX-License-Identifier: Apache-2.0
import { EXIT_CODES } from "./exit-codes.js";
import { ExitError } from "./exit-error.js";
import { InterruptedError } from "./interrupt.js";
import { UsageError } from "./usage-error.js";

export interface ErrorDescription {
  readonly exitCode: number;
  /** Whole lines: what happened, why, and what to try. */
  readonly text: string;
}

/** Codes of the packages below that mean: there is no daemon to work with. */
const NO_DAEMON: ReadonlySet<string> = new Set([
  "BK_NO_DAEMON",
  "BK_NOT_READY",
  "BK_NO_DOCKER",
  "BK_DAEMON_UNAVAILABLE",
  "BK_SESSION_REFUSED",
  "BK_SESSION_LOST",
]);

/** Puts an error into words and an exit code. The packages' own errors say what to try; others are defects. */
export async function describeError(error: unknown): Promise<ErrorDescription> {
  const { exitCode, text } = await describe(error);
  const { toPlainLine } = await import("@bk/solver");
  // Much of it is the daemon's text, which the terminal must not act on.
  return { exitCode, text: text.split("\n").map(toPlainLine).join("\n") };
}

async function describe(error: unknown): Promise<ErrorDescription> {
  if (error instanceof InterruptedError)
    return { exitCode: EXIT_CODES.interrupted, text: "bk: interrupted\n" };
  if (error instanceof UsageError) return usage(error.message);
  if (error instanceof ExitError)
    return { exitCode: error.exitCode, text: error.message === "" ? "" : `bk: ${error.message}` };
  if (!(error instanceof Error)) return { exitCode: EXIT_CODES.failed, text: `bk: ${String(error)}\n` };
  const { SolverError, formatSolveFailure } = await import("@bk/solver");
  if (SolverError.is(error) && error.failure !== undefined) {
    return { exitCode: EXIT_CODES.failed, text: `\n${formatSolveFailure(error.failure)}` };
  }
  const code = codeOf(error);
  if (code === undefined)
    return { exitCode: EXIT_CODES.failed, text: `bk: unexpected error: ${error.stack}\n` };
  if (code === "BK_OPTIONS_INVALID") return usage(error.message);
  // Whatever goes wrong on the way to the daemon, its address included.
  const noDaemon = NO_DAEMON.has(code) || error.name === "TransportError";
  return { exitCode: noDaemon ? EXIT_CODES.noDaemon : EXIT_CODES.failed, text: `bk: ${error.message}\n` };
}

function usage(message: string): ErrorDescription {
  return { exitCode: EXIT_CODES.usage, text: `bk: ${message}\nRun bk help COMMAND to see the options.\n` };
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" && error.code.startsWith("BK_")
    ? error.code
    : undefined;
}
