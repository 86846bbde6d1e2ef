// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, listenAbort } from "../abort.js";
import { connectTimeoutError } from "../node-errors.js";
import { connectTimeoutMs } from "../socket.js";

export interface TimeLimitOptions extends AbortOptions {
  readonly endpoint: string;
  /** Names what is waited for, in the timeout's message. */
  readonly waitedFor: string;
}

/** Acts under a signal that fires with the caller's, or with `BK_CONNECT_TIMEOUT` after 20 s. */
export async function withinConnectTimeout<T>(
  { endpoint, waitedFor, signal }: TimeLimitOptions,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(connectTimeoutError(endpoint, connectTimeoutMs, waitedFor)),
    connectTimeoutMs,
  );
  const stopListening = listenAbort(signal, (reason) => controller.abort(reason));
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}
