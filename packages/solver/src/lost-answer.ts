// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Status } from "@bk/proto/rpc";
import { findTransportError } from "@bk/transport";
import type { Daemon } from "./daemon.js";
import { findCompletedBuild, readBuildError } from "./history.js";

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
const RECOVERY_TIMEOUT_MS = 1_500;

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
  await using other = daemon.fork();
  const limit = AbortSignal.timeout(RECOVERY_TIMEOUT_MS);
  const closeAtLimit = () => void other.close();
  limit.addEventListener("abort", closeAtLimit, { once: true });
  signal?.addEventListener("abort", closeAtLimit, { once: true });
  try {
    const record = await findCompletedBuild(other, ref, { signal: limit });
    return record && (await readBuildError(other, record, { signal: limit }));
  } catch {
    return undefined; // the daemon is gone, or too old to have a history
  } finally {
    limit.removeEventListener("abort", closeAtLimit);
    signal?.removeEventListener("abort", closeAtLimit);
  }
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
    await delay(activity().stepFailed ? GRACE_MS : SILENCE_MS, undefined, { signal, ref: false });
    const { stepFailed, lastStatusAt } = activity();
    if (!stepFailed && performance.now() - lastStatusAt < SILENCE_MS) continue;
    if (await isAnswering(daemon, signal)) {
      await delay(SILENCE_MS, undefined, { signal, ref: false });
      continue;
    }
    const error = await recoverBuildError(daemon, ref, signal);
    signal.throwIfAborted();
    if (error) return error;
  }
}

/** Any answer counts, an error too, unless it is that of a dead connection. */
async function isAnswering(daemon: Daemon, signal: AbortSignal): Promise<boolean> {
  const control = await daemon.control();
  try {
    await control.info({}, { timeoutMs: PROBE_TIMEOUT_MS, signal });
    return true;
  } catch (error) {
    const { ConnectError, Code } = await import("@connectrpc/connect");
    return findTransportError(error) === undefined && ConnectError.from(error).code !== Code.DeadlineExceeded;
  }
}
