// SPDX-License-Identifier: Apache-2.0
import { adviceFor, errorCodeOf } from "./advice.js";
import type { ProcessContext } from "./cli-context.js";
import { formatCauses } from "./error-causes.js";
import { formatErrorLines } from "./error-lines.js";
import { EXIT_CODES } from "./exit-codes.js";
import { ExitError } from "./exit-error.js";
import { InterruptedError } from "./interrupt.js";
import { toPlainText } from "./plain-text.js";
import { isOutputShown } from "./shown-output.js";
import { UsageError } from "./usage-error.js";

export interface ErrorDescription {
  readonly exitCode: number;
  /** Whole lines. */
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

/**
 * Puts an error into words and an exit code: what happened, why, and what to try; with `debug`, its causes too. An
 * error that is none of bk's packages' is a defect.
 */
export async function describeError(
  error: unknown,
  { env, debug = false }: { readonly env: ProcessContext["env"]; readonly debug?: boolean | undefined },
): Promise<ErrorDescription> {
  const { exitCode, text } = await describe(error);
  const all = debug && !isOrdinary(error) ? text + formatCauses(error) : text;
  // Much of it is the daemon's text.
  return { exitCode, text: toPlainText(all, env) };
}

/** What has no causes worth a look. */
function isOrdinary(error: unknown): boolean {
  return error instanceof InterruptedError || error instanceof ExitError || error instanceof UsageError;
}

async function describe(error: unknown): Promise<ErrorDescription> {
  if (error instanceof InterruptedError)
    return { exitCode: EXIT_CODES.interrupted, text: "bk: interrupted\n" };
  if (error instanceof ExitError)
    return { exitCode: error.exitCode, text: error.message === "" ? "" : `bk: ${error.message}` };
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof UsageError ? "BK_OPTIONS_INVALID" : errorCodeOf(error);
  const advice = adviceFor(code);
  if (code === undefined)
    return { exitCode: EXIT_CODES.failed, text: formatErrorLines(`Unexpected error: ${message}`, advice) };
  const { SolverError, formatSolveFailure } = await import("@bk/solver");
  if (SolverError.is(error) && error.failure !== undefined) {
    const summary = formatSolveFailure(error.failure, { logs: !isOutputShown(error) });
    return { exitCode: EXIT_CODES.failed, text: `\n${summary}\nTry: ${advice}\n` };
  }
  const text = formatErrorLines(message, advice);
  if (code === "BK_OPTIONS_INVALID") return { exitCode: EXIT_CODES.usage, text };
  // Whatever goes wrong on the way to the daemon, its address included.
  const noDaemon = NO_DAEMON.has(code) || (error instanceof Error && error.name === "TransportError");
  return { exitCode: noDaemon ? EXIT_CODES.noDaemon : EXIT_CODES.failed, text };
}
