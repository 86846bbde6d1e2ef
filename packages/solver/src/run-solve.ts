// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { SolveRequest, SolveResponse } from "@bk/proto/control-codec";
import type { Status } from "@bk/proto/rpc";
import { createSession, type Session, SessionError } from "@bk/session";
import { raceAbort } from "@bk/transport";
import { type BuildResult, toBuildResult } from "./build-result.js";
import { createContextServices } from "./context-services.js";
import { callDirectly } from "./control/direct-call.js";
import type { Daemon } from "./daemon/daemon.js";
import { createExportServices } from "./exports/export-services.js";
import { explainFailure, isLoss, LostAnswer } from "./failure/explain-failure.js";
import { createFailureContext, type FailureContext } from "./failure/failure-context.js";
import { awaitLostAnswer, awaitLostCall } from "./lost-answer.js";
import { createMountServices } from "./mount-services.js";
import { resolveSolveOptions } from "./options/solve-options.js";
import { createSolveRequest, type SolveRequestInit } from "./options/solve-request.js";
import { ownStreams } from "./own-streams.js";
import { checkSharedPlaces } from "./places/shared-places.js";
import { openScope, type Scope } from "./scope.js";
import type { SolveCallOptions } from "./solve-call-options.js";
import { followStatus, type StatusFollower } from "./status/status-follower.js";
import type { SolveStatus } from "./status/status-types.js";
import { createStoreServices } from "./stores/store-services.js";
import { readWorkerFacts } from "./worker-facts.js";

/** A frontend that runs here, beside a Solve that the daemon keeps open for it. */
export interface LocalFrontend {
  /** The request to send in place of the one that the options mean. */
  prepare(request: SolveRequestInit): SolveRequestInit;
  /** Tells the daemon the build's result, or rejects. */
  run(build: OpenSolve): Promise<void>;
}

export interface OpenSolve {
  readonly daemon: Daemon;
  readonly ref: string;
  /** The request that the options mean. */
  readonly request: SolveRequestInit;
  /** What the status has told so far. */
  readonly failures: FailureContext;
  /** Aborts when the build ends, with what ended it. */
  readonly signal: AbortSignal;
  /** Makes `error` what the caller sees, whatever the daemon makes of it, unless the build has failed already. */
  blame(error: unknown): void;
}

/** How long Status may stay silent after Solve has answered: on success as the Go client waits, on failure less. */
const STATUS_TAIL = {
  success: { silenceMs: 5_000, maxMs: 15_000 },
  failure: { silenceMs: 500, maxMs: 1_000 },
} as const;

/** Does one build from session to outcome; with `frontend`, as that drives it. Errors are those of `solve`. */
export async function runSolve(
  daemon: Daemon,
  options: SolveCallOptions,
  frontend?: LocalFrontend,
): Promise<BuildResult> {
  const { signal, ref = randomBytes(16).toString("hex"), onStatus, attachables = [] } = options;
  const env = options.env ?? process.env;
  const checked = resolveSolveOptions(options, env);
  using _streams = ownStreams(checked);
  signal?.throwIfAborted();
  await using stores = await createStoreServices(checked);
  const resolved = stores.options;
  const mounts = await createMountServices(resolved, { env, signal });
  const context = await createContextServices(resolved, {
    signal,
    onSyncProgress: options.onSyncProgress,
    onUnreadable: options.onUnreadable,
  });
  await using exports = await createExportServices(resolved.exports);
  await checkSharedPlaces(checked);
  using scope = openScope(signal);
  await using session = createSession({
    attachables: [
      ...context.attachables,
      ...exports.attachables,
      ...stores.attachables,
      ...mounts,
      ...attachables,
    ],
    sharedKey: context.sharedKey,
    onFailure: scope.fail,
  });
  using _live = daemon.channel.watchLiveness();
  const [worker] = await Promise.all([
    scope.race(readWorkerFacts(daemon, resolved, { signal: scope.signal })),
    connectSession(daemon, session, scope),
  ]);
  const request = createSolveRequest(resolved, {
    ref,
    sessionId: session.id,
    contextUrl: context.contextUrl,
    worker,
  });
  const failures = createFailureContext();
  using status = followStatus(daemon, ref, (message) => {
    failures.add(message);
    report(message, onStatus, scope);
  });
  let blamed: { readonly error: unknown } | undefined;
  const open: OpenSolve = {
    daemon,
    ref,
    request,
    failures,
    signal: scope.signal,
    blame(error) {
      if (!scope.signal.aborted) blamed ??= { error };
    },
  };
  try {
    const response = await scope.race(solveBeside(open, { frontend, status }));
    await status.finish({ ...STATUS_TAIL.success, signal: scope.signal });
    signal?.throwIfAborted();
    await raceAbort(exports.checkReceived(), signal);
    await stores.finish(response.exporterResponse, { signal });
    signal?.throwIfAborted();
    await exports.placeFiles();
    return toBuildResult(ref, response, resolved.exports);
  } catch (failure) {
    if (signal?.aborted) throw signal.reason;
    const error = blamed ? blamed.error : failure;
    // After a loss no status comes either.
    if (!isLoss(error)) await status.finish({ ...STATUS_TAIL.failure, signal });
    throw await explainFailure(error, { daemon, ref, isDriven: frontend !== undefined, failures, signal });
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
  readonly frontend: LocalFrontend | undefined;
  readonly status: StatusFollower;
}

/** Calls Solve, with the frontend beside it. */
async function solveBeside(open: OpenSolve, { frontend, status }: SolveCall): Promise<SolveResponse> {
  const { daemon, ref } = open;
  if (!frontend) {
    const watch: LossWatch = (signal) => awaitLostAnswer(daemon, ref, status.activity, signal);
    return await awaitSolve(open, open.request, watch);
  }
  const watch: LossWatch = async (signal) => {
    await awaitLostCall(daemon, ref, open.failures, { activity: status.activity, signal });
    return undefined;
  };
  const [response] = await Promise.all([
    awaitSolve(open, frontend.prepare(open.request), watch),
    frontend.run(open),
  ]);
  return response;
}

async function callSolve(
  daemon: Daemon,
  request: SolveRequestInit,
  signal: AbortSignal,
): Promise<SolveResponse> {
  const message = SolveRequest.encode(SolveRequest.fromPartial(request)).finish();
  return callDirectly(daemon, { method: "Solve", request: message, answer: SolveResponse }, { signal });
}

/** Resolves when an answer has been lost, with the build's error where that is known. */
type LossWatch = (signal: AbortSignal) => Promise<Status | undefined>;

async function awaitSolve(
  { daemon, signal }: OpenSolve,
  request: SolveRequestInit,
  watch: LossWatch,
): Promise<SolveResponse> {
  using answered = openScope(signal);
  const lost = watch(answered.signal).then((error) => {
    throw new LostAnswer(error);
  });
  try {
    return await Promise.race([callSolve(daemon, request, signal), lost]);
  } finally {
    answered.fail(new Error("Solve has been answered"));
    lost.catch(() => {});
  }
}
