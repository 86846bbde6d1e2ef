// SPDX-License-Identifier: Apache-2.0
import { grpcCode } from "@bk/transport";
import { SolverError } from "../errors.js";
import type { FailureContext } from "./failure-context.js";
import { summarizeSolveFailure } from "./failure-text.js";
import { formatRemoteStatus, type RemoteStatus } from "./remote-status.js";
import { createSolveFailure } from "./solve-failure.js";

const MAX_MESSAGE_CHARS = 1000;

export interface SolveErrorParts {
  /** Where the daemon is, for the message. */
  readonly endpoint: string;
  /** The error that the daemon sent; undefined when it was lost. */
  readonly remote?: RemoteStatus | undefined;
  readonly context?: FailureContext | undefined;
  /** The error that the call ended with. */
  readonly cause?: unknown;
}

/**
 * The error of a Solve call, for the caller. `Unavailable` without any word of a step means that the daemon is
 * gone; with one it is the build's own failure, such as a registry that does not answer.
 */
export function createSolveError({ endpoint, remote, context, cause }: SolveErrorParts): SolverError {
  const known = (remote?.details.length ?? 0) > 0 || context?.failedVertex() !== undefined;
  if (!known && (remote === undefined || remote.code === grpcCode.unavailable)) {
    const reason =
      remote === undefined ? "the connection ended before the build did" : formatRemoteStatus(remote);
    const message = `Lost the BuildKit daemon at ${endpoint}: ${reason.slice(0, MAX_MESSAGE_CHARS)}`;
    return new SolverError("BK_DAEMON_UNAVAILABLE", message, { cause });
  }
  const failure = createSolveFailure({ remote, context });
  if (remote?.code === grpcCode.canceled) {
    return new SolverError("BK_SOLVE_CANCELED", `The daemon at ${endpoint} canceled the build`, {
      cause,
      failure,
    });
  }
  return new SolverError("BK_SOLVE_FAILED", summarizeSolveFailure(failure), { cause, failure });
}
