// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "../abort.js";
import { connectTimeoutError } from "../node-errors.js";
import { connectTimeoutMs } from "../socket.js";
import { withTimeLimit } from "../time-limit.js";

export interface ConnectLimit extends AbortOptions {
  readonly endpoint: string;
  /** Names what is waited for, in the timeout's message. */
  readonly waitedFor: string;
}

/** Acts under a signal that fires with the caller's, or with `BK_CONNECT_TIMEOUT` after 20 s. */
export function withinConnectTimeout<T>(
  { endpoint, waitedFor, signal }: ConnectLimit,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const onTimeout = () => connectTimeoutError(endpoint, connectTimeoutMs, waitedFor);
  return withTimeLimit({ ms: connectTimeoutMs, onTimeout, signal }, act);
}
