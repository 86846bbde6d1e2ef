// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { fromByteString } from "../byte-string.js";
import type { FileTree } from "../source/file-tree.js";
import type { FileStat } from "../source/stat.js";

/** Up to here a file is read without leaving the event loop. */
const SMALL_FILE_BYTES = 32 << 10;
const CHUNK_BYTES = 256 << 10;

/**
 * Reads a regular file from its first to its last byte.
 *
 * @param take gets each chunk, of at most 256 KiB, which is its own only until it returns
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, or `BK_CONTEXT_CHANGED` unless the file is as `stat` says
 * until the end.
 */
export async function readContent(
  tree: FileTree,
  stat: FileStat,
  take: (chunk: Uint8Array) => void,
  { signal }: AbortOptions = {},
): Promise<void> {
  const file = tree.open(stat);
  const small = stat.size <= SMALL_FILE_BYTES;
  const chunk = small ? Buffer.allocUnsafe(stat.size) : Buffer.allocUnsafeSlow(CHUNK_BYTES);
  try {
    for (let position = 0; position < stat.size; ) {
      const length = Math.min(chunk.length, stat.size - position);
      const count = small
        ? file.readSync(chunk, 0, length, position)
        : await file.read(chunk, 0, length, position);
      signal?.throwIfAborted();
      if (count === 0) throw shortened(stat, position);
      take(chunk.subarray(0, count));
      position += count;
    }
    file.assertUnchanged();
  } finally {
    file.close();
  }
}

function shortened({ path, size }: FileStat, position: number): SessionError {
  return new SessionError(
    "BK_CONTEXT_CHANGED",
    `The file ${fromByteString(path)} was shortened from ${size} to ${position} bytes while it was being read`,
  );
}
