// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, raceAbort } from "@bk/transport";
import { SessionError } from "../errors.js";

export interface SharedLookupOptions<T> {
  /** Looks one key up. Its signal aborts when nobody waits for the answer any more. */
  readonly lookup: (key: string, options: { readonly signal: AbortSignal }) => Promise<T>;
  /** How long an answer is good for. Failures are not kept. */
  readonly maxAgeMs: number;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/** Answers that are kept: the daemon may ask for any number of hosts. */
const MAX_ANSWERS = 256;

/** Lookups under way: each may be a program that runs. No build asks for as many registries at a time. */
const MAX_FLIGHTS = 32;

/**
 * Callers that ask for one key at the same time share one lookup, and its answer is kept for a while.
 *
 * The function throws {SessionError} `BK_CREDENTIALS_FAILED` when 32 lookups are under way; and what `lookup` throws.
 */
export function createSharedLookup<T>({
  lookup,
  maxAgeMs,
}: SharedLookupOptions<T>): (key: string, options?: AbortOptions) => Promise<T> {
  const answers = new Map<string, { readonly value: T; readonly expiresAtMs: number }>();
  const flights = new Map<string, Flight<T>>();

  function start(key: string): Flight<T> {
    if (flights.size >= MAX_FLIGHTS) {
      const why = `The daemon asked for the credentials of more than ${MAX_FLIGHTS} registries at a time`;
      throw new SessionError("BK_CREDENTIALS_FAILED", why);
    }
    const controller = new AbortController();
    const promise = lookup(key, { signal: controller.signal }).then((value) => {
      const [oldest] = answers.keys();
      if (answers.size >= MAX_ANSWERS && oldest !== undefined) answers.delete(oldest);
      answers.set(key, { value, expiresAtMs: performance.now() + maxAgeMs });
      return value;
    });
    const flight = { promise, controller, waiters: 0 };
    flights.set(key, flight);
    const forget = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    // Owns the promise too: with every waiter gone, nobody else sees its rejection.
    promise.then(forget, forget);
    return flight;
  }

  return async (key, { signal } = {}) => {
    signal?.throwIfAborted();
    const known = answers.get(key);
    if (known && performance.now() < known.expiresAtMs) return known.value;
    const flight = flights.get(key) ?? start(key);
    flight.waiters++;
    try {
      return await raceAbort(flight.promise, signal);
    } finally {
      if (--flight.waiters === 0 && flights.get(key) === flight) {
        flights.delete(key);
        flight.controller.abort(signal?.reason ?? new Error("Nobody waits for these credentials"));
      }
    }
  };
}
