// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, listenAbort } from "./abort.js";

export interface TimeLimitOptions extends AbortOptions {
  readonly ms: number;
  /** What the work's signal is aborted with when the time is over. */
  readonly onTimeout: () => Error;
}

/** Works under a signal that fires with the caller's, or when the time is over. The work has to end then. */
export async function withTimeLimit<T>(
  { ms, onTimeout, signal }: TimeLimitOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(onTimeout()), ms);
  const stopListening = listenAbort(signal, (reason) => controller.abort(reason));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}
