// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";

/** Resolves when a stream is closed, and read if it ended well. Its errors are heard and dropped. */
export function whenClosed(stream: Readable): Promise<void> {
  stream.on("error", () => {});
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => stream.once("close", resolve));
}
