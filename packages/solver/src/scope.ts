// SPDX-License-Identifier: Apache-2.0
import { listenAbort, raceAbort } from "@bk/transport";

/**
 * A group of concurrent work in which the first failure wins: it aborts the rest, with itself as the reason, and
 * is what the caller sees. The caller's own abort counts as a failure with the caller's reason.
 */
export interface Scope extends Disposable {
  readonly signal: AbortSignal;
  /** Ends the group. Only the first reason counts. */
  fail(reason: unknown): void;
  /** The value of `work`, or the group's reason as soon as it fails. `work` is owned by the group from here. */
  race<T>(work: Promise<T>): Promise<T>;
}

export function openScope(parent: AbortSignal | undefined): Scope {
  const controller = new AbortController();
  const { signal } = controller;
  const fail = (reason: unknown) => controller.abort(reason);
  const stopListening = listenAbort(parent, fail);

  async function race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // the group's reason is the one that counts
    try {
      return await raceAbort(work, signal);
    } catch (error) {
      fail(error);
      throw signal.reason;
    }
  }

  return {
    signal,
    fail,
    race,
    [Symbol.dispose]: stopListening,
  };
}
