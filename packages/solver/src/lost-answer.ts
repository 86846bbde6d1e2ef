// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Status } from "@bk/proto/rpc";
import { grpcCode, withTimeLimit } from "@bk/transport";
import { callInfo } from "./control/info.js";
import type { Daemon } from "./daemon/daemon.js";
import { CallFailure } from "./failure/call-failure.js";
import { type FailureContext, isCancellation } from "./failure/failure-context.js";
import { findCompletedBuild, readBuildError } from "./history/build-error.js";
import { askSecondConnection } from "./second-connection.js";
import { readStatus } from "./status/read-status.js";

/*
 * The error of a failed build travels in HTTP/2 trailers, with the whole Dockerfile in it. From about 45 kB on it
 * is larger than what Node can receive, and on Node 20 the connection then falls silent without an event. So while
 * Solve is pending, a connection that looks silent is asked a question; if that goes unanswered too, a second
 * connection reads the outcome from the daemon's build history.
 */

/** Solve normally answers this soon after Status has shown the failed step. */
const GRACE_MS = 300;
/** Status silence after which the connection is asked. */
const SILENCE_MS = 2_000;
const PROBE_TIMEOUT_MS = 1_000;
/** What a daemon ends a build with when its client has gone, in the words of an error that wraps the status. */
const CLIENT_LOST = /\bcode = (?:Canceled|Unavailable)\b|\bcontext canceled$/;

/** What Status has shown so far. */
export interface BuildActivity {
  /** `performance.now()` of the last message. */
  readonly lastStatusAt: number;
  readonly stepFailed: boolean;
}

/** The error of a build whose answer was lost, or nothing when the history holds no failure of it. Never rejects. */
export async function recoverBuildError(
  daemon: Daemon,
  ref: string,
  signal?: AbortSignal,
): Promise<Status | undefined> {
  try {
    const error = await askSecondConnection(daemon, { signal }, async (other, limit) => {
      const record = await findCompletedBuild(other, ref, { signal: limit });
      return record && readBuildError(other, record, { signal: limit });
    });
    // What the daemon makes of the lost connection itself is no news.
    return error && isOfLostClient(error) ? undefined : error;
  } catch {
    return undefined; // the daemon is gone, or too old to have a history
  }
}

/** A daemon ends a build whose client has gone as canceled, or as out of reach. */
function isOfLostClient({ code, message }: Status): boolean {
  return code === grpcCode.canceled || code === grpcCode.unavailable || CLIENT_LOST.test(message);
}

/**
 * Watches a pending Solve. Resolves with the build's error once the connection does not answer although the history
 * says that the build has failed; until then, and for as long as the connection answers, it stays pending.
 */
export async function awaitLostAnswer(
  daemon: Daemon,
  ref: string,
  activity: () => BuildActivity,
  signal: AbortSignal,
): Promise<Status> {
  for (;;) {
    await untilSuspicious(activity, signal);
    if (await isAnswering(daemon, signal)) {
      await delay(SILENCE_MS, undefined, { signal });
      continue;
    }
    const error = await recoverBuildError(daemon, ref, signal);
    signal.throwIfAborted();
    if (error) return error;
  }
}

/**
 * As `awaitLostAnswer`, for a build that waits for a frontend on this side, so that the history does not have it yet.
 * Resolves once the connection does not answer although a step has failed, which `failures` know then.
 */
export async function awaitLostCall(
  daemon: Daemon,
  ref: string,
  failures: FailureContext,
  { activity, signal }: { readonly activity: () => BuildActivity; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    await untilSuspicious(activity, signal);
    if (!(await isAnswering(daemon, signal)) && (await recoverFailedStep(daemon, ref, failures, signal)))
      return;
    await delay(SILENCE_MS, undefined, { signal });
  }
}

/**
 * Whether a step has failed by itself, which `failures` know then. The status of a build can be read anew, also when it
 * has ended. Output is left out: what came before would be there twice. Never rejects.
 */
export async function recoverFailedStep(
  daemon: Daemon,
  ref: string,
  failures: FailureContext,
  signal?: AbortSignal,
): Promise<boolean> {
  if (hasFailedStep(failures)) return true;
  try {
    await askSecondConnection(daemon, { signal }, async (other, limit) => {
      for await (const status of readStatus(other, ref, { signal: limit })) {
        failures.add({ ...status, logs: [] });
        if (hasFailedStep(failures)) return;
      }
    });
  } catch {
    // what is known has to do
  }
  return hasFailedStep(failures);
}

function hasFailedStep(failures: FailureContext): boolean {
  const vertex = failures.failedVertex();
  return vertex !== undefined && !isCancellation(vertex.error);
}

/** Waits until Status has been silent for too long, or Solve has not answered soon after a step failed. */
async function untilSuspicious(activity: () => BuildActivity, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { stepFailed, lastStatusAt } = activity();
    const waitMs = lastStatusAt + (stepFailed ? GRACE_MS : SILENCE_MS) - performance.now();
    if (waitMs <= 0) return;
    await delay(Math.min(waitMs, GRACE_MS), undefined, { signal });
  }
}

/** Any answer counts, an error too, unless it is that of a dead connection. */
async function isAnswering(daemon: Daemon, signal: AbortSignal): Promise<boolean> {
  const onTimeout = () => new Error(`No answer within ${PROBE_TIMEOUT_MS} ms`);
  try {
    await withTimeLimit({ ms: PROBE_TIMEOUT_MS, onTimeout, signal }, (limit) =>
      callInfo(daemon, { signal: limit }),
    );
    return true;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof CallFailure;
  }
}
