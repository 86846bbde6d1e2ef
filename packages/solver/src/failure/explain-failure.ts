// SPDX-License-Identifier: Apache-2.0
import type { Status } from "@bk/proto/rpc";
import { SessionError } from "@bk/session";
import { findTransportError } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { recoverBuildError, recoverFailedStep } from "../lost-answer.js";
import type { FailureContext } from "./failure-context.js";
import { fromRpcStatus, readRemoteStatus } from "./remote-status.js";
import { createSolveError } from "./solve-error.js";

/** The build's failure, when the daemon's answer got lost. */
export class LostAnswer extends Error {
  /** What the daemon's history has of it; without that, the status stream has to explain it. */
  readonly status: Status | undefined;

  constructor(status: Status | undefined) {
    super(status?.message ?? "The daemon's answer was lost");
    this.status = status;
  }
}

export interface FailedSolve {
  readonly daemon: Daemon;
  readonly ref: string;
  /** A frontend on this side drove the build: the daemon's history has no error of it but that this side went. */
  readonly isDriven: boolean;
  readonly failures: FailureContext;
  readonly signal: AbortSignal | undefined;
}

/** Turns what a build ended with into what its caller should see. */
export async function explainFailure(
  error: unknown,
  { daemon, ref, isDriven, failures, signal }: FailedSolve,
): Promise<unknown> {
  const { endpoint } = daemon;
  if (error instanceof LostAnswer) {
    daemon.channel.reset(error);
    const remote = error.status && (await fromRpcStatus(error.status));
    return createSolveError({ endpoint, remote, context: failures });
  }
  const lost = findTransportError(error) ?? (isSessionLost(error) ? error : undefined);
  if (lost) {
    const status = await recoverBuildError(daemon, ref, signal);
    if (!status && !(isDriven && (await recoverFailedStep(daemon, ref, failures, signal)))) return lost;
    const remote = status && (await fromRpcStatus(status));
    return createSolveError({ endpoint, remote, context: failures, cause: lost });
  }
  const remote = await readRemoteStatus(error);
  return remote ? createSolveError({ endpoint, remote, context: failures, cause: error }) : error;
}

/** Whether no status can come any more either. */
export function isLoss(error: unknown): boolean {
  return error instanceof LostAnswer || findTransportError(error) !== undefined || isSessionLost(error);
}

function isSessionLost(error: unknown): error is SessionError {
  return SessionError.is(error) && error.code === "BK_SESSION_LOST";
}
