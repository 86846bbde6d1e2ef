// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, TransportError } from "@bk/transport";
import { ClientError } from "./errors.js";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;
const DEFAULT_TIMEOUT_MS = 30_000;

export interface WaitOptions extends AbortOptions {
  /** How long to wait at most. Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Calls `ping` until it succeeds: at once, then after 100 ms, doubling up to 2 s. What may pass (no socket yet,
 * an unknown host, a refused connection) is waited for; what cannot (a wrong CA, a malformed address) ends it.
 *
 * @throws {ClientError} `BK_NOT_READY` when the time is up; the first permanent error; `signal.reason`.
 */
export async function waitForReady(
  endpoint: string,
  ping: (options: AbortOptions) => Promise<void>,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const onAbort = () => deadline.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let last: unknown;
  try {
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
      try {
        await ping({ signal: deadline.signal });
        return;
      } catch (error) {
        if (!deadline.signal.aborted) {
          if (!isNotReadyYet(error)) throw error;
          last = error;
        }
      }
      await pause(delayMs, deadline.signal);
      signal?.throwIfAborted();
      if (deadline.signal.aborted) throw notReady(endpoint, timeoutMs, last);
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Resolves after the time, or when the signal fires. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}

function isNotReadyYet(error: unknown): boolean {
  return TransportError.is(error) && error.retryable;
}

function notReady(endpoint: string, timeoutMs: number, cause: unknown): ClientError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new ClientError(
    "BK_NOT_READY",
    `BuildKit at ${endpoint} was not ready within ${timeoutMs / 1000} s${why}`,
    { cause },
  );
}
