// SPDX-License-Identifier: Apache-2.0
import type { Duplex, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { writeStdout } from "./write-stdout.js";

export interface LocalStreams {
  readonly stdin: Readable;
  /** Stays open. */
  readonly stdout: Writable;
}

/**
 * Passes bytes on in both directions, as fast as each side takes them, until the far side ends. The end of stdin ends
 * the sending half alone. A reader of stdout that leaves is an ordinary end. Destroys the connection and stdin.
 *
 * @throws what the connection failed with; `signal.reason`, when that is an error.
 */
export async function joinStreams(
  { stdin, stdout }: LocalStreams,
  connection: Duplex,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const sent = pipeline(stdin, connection, { signal });
  // What ends the sending shows in what is received, if it matters.
  sent.catch(() => {});
  try {
    await writeStdout(connection, stdout, { signal });
  } finally {
    stdin.destroy();
    connection.destroy();
  }
}
