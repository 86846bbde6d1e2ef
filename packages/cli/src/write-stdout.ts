// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a pipe or a socket fails with once nobody reads it; the last on Windows. */
const READER_LEFT: ReadonlySet<unknown> = new Set(["EPIPE", "ECONNRESET", "EOF"]);

/**
 * Passes bytes on to stdout, which stays open, as fast as it takes them. A reader of stdout that leaves is an ordinary
 * end, a full disk is not. Destroys the source.
 *
 * @throws what the source or stdout failed with; `signal.reason`, when that is an error.
 */
export async function writeStdout(
  source: Readable | Iterable<string>,
  stdout: Writable,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  let failure: unknown;
  // The standard output of a process does not keep what it failed with.
  const keep = (error: unknown) => {
    failure = error;
  };
  stdout.once("error", keep);
  try {
    await pipeline(source, stdout, { end: false, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error !== failure || !hasReaderLeft(error)) throw error;
  } finally {
    stdout.off("error", keep);
  }
}

function hasReaderLeft(error: unknown): boolean {
  return error instanceof Error && "code" in error && READER_LEFT.has(error.code);
}
