// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { SolveResponse } from "@bk/proto/control";
import type { Status } from "@bk/proto/rpc";
import {
  type Attachable,
  createSession,
  type Environment,
  type Session,
  SessionError,
  type SyncProgress,
} from "@bk/session";
import { type AbortOptions, findTransportError } from "@bk/transport";
import { type BuildResult, toBuildResult } from "./build-result.js";
import { createContextServices } from "./context-services.js";
import { ownStreams } from "./context-stream.js";
import type { Daemon } from "./daemon/daemon.js";
import { createFailureContext, type FailureContext } from "./failure/failure-context.js";
import { fromRpcStatus, readRemoteStatus } from "./failure/remote-status.js";
import { createSolveError } from "./failure/solve-error.js";
import { awaitLostAnswer, recoverBuildError } from "./lost-answer.js";
import { createMountServices } from "./mount-services.js";
import { resolveSolveOptions, type SolveOptions } from "./options/solve-options.js";
import { createSolveRequest, type SolveRequestInit } from "./options/solve-request.js";
import { openScope, type Scope } from "./scope.js";
import { followStatus, type StatusFollower } from "./status/status-follower.js";
import type { SolveStatus } from "./status/status-types.js";

export interface SolveCallOptions extends SolveOptions, AbortOptions {
  /** Services beside those that the options ask for: credentials. */
  readonly attachables?: readonly Attachable[] | undefined;
  /** Called with each status message of the build. What it throws fails the build. */
  readonly onStatus?: ((status: SolveStatus) => void) | undefined;
  /**
   * Called every 100 ms while the context or the Dockerfile is sent, and once at the end of each. What it throws
   * fails the build.
   */
  readonly onSyncProgress?: ((progress: SyncProgress) => void) | undefined;
  /**
   * What becomes of entries of the context that may not be read: the build fails, or goes on without them, and
   * `onSyncProgress` tells which. Default `error`.
   */
  readonly onUnreadable?: "error" | "skip" | undefined;
  /** The build's name in status and history. Default: 128 random bits. */
  readonly ref?: string | undefined;
  /** Where variables with secrets, and `SSH_AUTH_SOCK`, are looked up. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/** How long Status may stay silent after Solve has answered: on success as the Go client waits, on failure less. */
const STATUS_TAIL = {
  success: { silenceMs: 5_000, maxMs: 15_000 },
  failure: { silenceMs: 500, maxMs: 1_000 },
} as const;

/**
 * Builds a Dockerfile: opens a session, asks the daemon to solve, follows the status and serves what the daemon asks
 * for. The first failure anywhere ends the rest and is what the caller sees.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` before anything is opened; `BK_SOLVE_FAILED` with `failure`;
 * {SessionError} when serving failed; {TransportError} when a connection did; `signal.reason` when aborted.
 */
export async function solve(daemon: Daemon, options: SolveCallOptions): Promise<BuildResult> {
  const { signal, ref = randomBytes(16).toString("hex"), onStatus, attachables = [] } = options;
  const resolved = resolveSolveOptions(options);
  using _streams = ownStreams(resolved);
  signal?.throwIfAborted();
  const mounts = await createMountServices(resolved, { env: options.env ?? process.env, signal });
  const context = await createContextServices(resolved, {
    signal,
    onSyncProgress: options.onSyncProgress,
    onUnreadable: options.onUnreadable,
  });
  using scope = openScope(signal);
  await using session = createSession({
    attachables: [...context.attachables, ...mounts, ...attachables],
    sharedKey: context.sharedKey,
    onFailure: scope.fail,
  });
  using _live = daemon.channel.watchLiveness();
  await connectSession(daemon, session, scope);
  const request = createSolveRequest(resolved, {
    ref,
    sessionId: session.id,
    contextUrl: context.contextUrl,
  });
  const failures = createFailureContext();
  using status = followStatus(daemon, ref, (message) => {
    failures.add(message);
    report(message, onStatus, scope);
  });
  try {
    const response = await scope.race(callSolve({ daemon, ref, request, status, scope }));
    await status.finish({ ...STATUS_TAIL.success, signal: scope.signal });
    signal?.throwIfAborted();
    return toBuildResult(ref, response);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    // After a loss no status comes either.
    if (!isLoss(error)) await status.finish({ ...STATUS_TAIL.failure, signal });
    throw await explain(error, { daemon, ref, failures, signal });
  }
}

/** Connects the session; losing it later ends the build. */
async function connectSession(daemon: Daemon, session: Session, scope: Scope): Promise<void> {
  const opening = daemon.openSession(session, { signal: scope.signal });
  // Nobody takes a connection that comes too late.
  opening.then((late) => scope.signal.aborted && late.destroy()).catch(() => {});
  const duplex = await scope.race(opening);
  const { endpoint } = daemon; // Docker's is known once it was dialed
  const connection = session.serve(duplex, { endpoint });
  void connection.closed.then((reason) => scope.fail(reason ?? sessionEnded(endpoint)));
}

function sessionEnded(endpoint: string): SessionError {
  const message = `The session with the daemon at ${endpoint} was lost: its end of the connection was closed. The daemon may have stopped or restarted`;
  return new SessionError("BK_SESSION_LOST", message);
}

function report(status: SolveStatus, onStatus: SolveCallOptions["onStatus"], scope: Scope): void {
  try {
    onStatus?.(status);
  } catch (error) {
    scope.fail(error);
  }
}

interface SolveCall {
  readonly daemon: Daemon;
  readonly ref: string;
  readonly request: SolveRequestInit;
  readonly status: StatusFollower;
  readonly scope: Scope;
}

/** The build's failure, when the answer of Solve got lost and the daemon's history had it. */
class LostAnswer extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.status = status;
  }
}

async function callSolve({ daemon, ref, request, status, scope }: SolveCall): Promise<SolveResponse> {
  const control = await daemon.control();
  using answered = openScope(scope.signal);
  const lost = awaitLostAnswer(daemon, ref, status.activity, answered.signal).then((error) => {
    throw new LostAnswer(error);
  });
  try {
    return await Promise.race([control.solve(request, { signal: scope.signal }), lost]);
  } finally {
    answered.fail(new Error("Solve has been answered"));
    lost.catch(() => {});
  }
}

interface FailedSolve {
  readonly daemon: Daemon;
  readonly ref: string;
  readonly failures: FailureContext;
  readonly signal: AbortSignal | undefined;
}

/** Turns what a build ended with into what its caller should see. */
async function explain(error: unknown, { daemon, ref, failures, signal }: FailedSolve): Promise<unknown> {
  const { endpoint } = daemon;
  if (error instanceof LostAnswer) {
    daemon.channel.reset(error);
    return createSolveError({ endpoint, remote: await fromRpcStatus(error.status), context: failures });
  }
  const lost = findTransportError(error) ?? (isSessionLost(error) ? error : undefined);
  if (lost) {
    const status = await recoverBuildError(daemon, ref, signal);
    if (!status) return lost;
    return createSolveError({
      endpoint,
      remote: await fromRpcStatus(status),
      context: failures,
      cause: lost,
    });
  }
  const remote = await readRemoteStatus(error);
  return remote ? createSolveError({ endpoint, remote, context: failures, cause: error }) : error;
}

function isLoss(error: unknown): boolean {
  return error instanceof LostAnswer || findTransportError(error) !== undefined || isSessionLost(error);
}

function isSessionLost(error: unknown): error is SessionError {
  return SessionError.is(error) && error.code === "BK_SESSION_LOST";
}
