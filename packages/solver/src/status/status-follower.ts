// SPDX-License-Identifier: Apache-2.0
import type { Daemon } from "../daemon/daemon.js";
import type { BuildActivity } from "../lost-answer.js";
import { readStatus } from "./read-status.js";
import type { SolveStatus } from "./status-types.js";

export interface FinishBounds {
  /** How long to wait for a further message. */
  readonly silenceMs: number;
  /** How long to wait in all. */
  readonly maxMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Reads the status of a build while Solve runs. Disposing it cancels the call. */
export interface StatusFollower extends Disposable {
  activity(): BuildActivity;
  /** Waits for the end of the stream within the bounds, or for the signal. Never rejects. */
  finish(bounds: FinishBounds): Promise<void>;
}

/**
 * Calls `onStatus` for each message of the build's status. A status that fails or stops short does not fail the
 * build: the answer of Solve is what counts.
 */
export function followStatus(
  daemon: Daemon,
  ref: string,
  onStatus: (status: SolveStatus) => void,
): StatusFollower {
  const stop = new AbortController();
  let activity: BuildActivity = { lastStatusAt: performance.now(), stepFailed: false };
  let onMessage = () => {};

  async function follow(): Promise<void> {
    for await (const status of readStatus(daemon, ref, { signal: stop.signal })) {
      const stepFailed = activity.stepFailed || status.vertexes.some((vertex) => vertex.error !== undefined);
      activity = { lastStatusAt: performance.now(), stepFailed };
      onStatus(status);
      onMessage();
    }
  }
  const ended = follow().catch(() => {});

  async function finish({ silenceMs, maxMs, signal }: FinishBounds): Promise<void> {
    await new Promise<void>((resolve) => {
      const silence = setTimeout(stopWaiting, silenceMs);
      const total = setTimeout(stopWaiting, maxMs);
      function stopWaiting() {
        clearTimeout(silence);
        clearTimeout(total);
        signal?.removeEventListener("abort", stopWaiting);
        onMessage = () => {};
        resolve();
      }
      onMessage = () => silence.refresh();
      if (signal?.aborted) stopWaiting();
      else signal?.addEventListener("abort", stopWaiting, { once: true });
      void ended.then(stopWaiting);
    });
  }

  return {
    activity: () => activity,
    finish,
    [Symbol.dispose]: () => stop.abort(new Error("The build has ended")),
  };
}
