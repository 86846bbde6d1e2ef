// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";
import { createTimeSlice } from "../source/time-slice.js";
import type { Directories } from "./disk-directories.js";
import { readNames, removeTree } from "./remove-tree.js";

/** Removes everything in `parents` that is not among `kept`. Works in slices. @throws as `removeTree` does */
export async function removeOthers(
  directories: Directories,
  parents: Iterable<ByteString>,
  kept: ReadonlySet<ByteString>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const slice = createTimeSlice();
  for (const parent of parents) {
    for (const name of readNames(directories, parent)) {
      const path = parent === "" ? name : `${parent}/${name}`;
      if (!kept.has(path)) await removeTree(directories, path, signal, slice);
      else if (slice.spent()) await slice.next();
    }
    if (slice.spent()) await slice.next();
    signal?.throwIfAborted();
  }
}
