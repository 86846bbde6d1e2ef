// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, TransportError } from "@bk/transport";
import { ClientError } from "./errors.js";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What Node's timers can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface WaitOptions extends AbortOptions {
  /** How long to wait at most; Infinity for ever. Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Calls `ping` until it succeeds: at once, then after 100 ms, doubling up to 2 s. What may pass (no socket yet,
 * an unknown host, a refused connection) is waited for; what cannot (a wrong CA, a malformed address) ends it.
 *
 * @throws {ClientError} `BK_NOT_READY` when the time is up, `BK_OPTIONS_INVALID`; the first permanent error; `signal.reason`.
 */
export async function waitForReady(
  endpoint: string,
  ping: (options: AbortOptions) => Promise<void>,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  assertTimeout(timeoutMs);
  const deadline = new AbortController();
  const timer = timeoutMs === Infinity ? undefined : setTimeout(() => deadline.abort(), timeoutMs);
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

function assertTimeout(timeoutMs: number): void {
  if (timeoutMs === Infinity || (timeoutMs >= 0 && timeoutMs <= MAX_TIMER_MS)) return;
  throw new ClientError(
    "BK_OPTIONS_INVALID",
    `timeoutMs is ${timeoutMs}: it must be from 0 to ${MAX_TIMER_MS}, or Infinity`,
  );
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
