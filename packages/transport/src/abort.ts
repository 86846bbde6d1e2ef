// SPDX-License-Identifier: Apache-2.0

/** Base of every options object: an abort rejects the call with `signal.reason` itself. */
export interface AbortOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Settles as `promise` does, or rejects with `signal.reason` once the signal fires.
 * The promise itself goes on; whoever started it still owns it.
 */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  promise.catch(() => {}); // an abort is what is told, also one that came before
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Calls `onAbort` when the signal fires (at once if it has); returns the function that stops listening. */
export function listenAbort(signal: AbortSignal | undefined, onAbort: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    onAbort(signal.reason);
    return () => {};
  }
  const listener = (): void => onAbort(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** What a stream is destroyed with on abort: streams take errors only, a reason may be anything. */
export function abortError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("The operation was aborted", { cause: reason });
}
