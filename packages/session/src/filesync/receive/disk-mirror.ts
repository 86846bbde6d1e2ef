// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from "node:fs";
import { type ByteString, fromByteString } from "../byte-string.js";
import { createTimeSlice, type TimeSlice } from "../source/time-slice.js";
import { type Directories, nameOf, parentOf } from "./disk-directories.js";
import { readNames, removeTree } from "./remove-tree.js";

/**
 * Removes everything in `parents` that is not among `kept`, by any name: where case does not count, what was received
 * as `src` may be there as `SRC`. Works in slices.
 *
 * @throws as `removeTree` does
 */
export async function removeOthers(
  directories: Directories,
  parents: Iterable<ByteString>,
  kept: ReadonlySet<ByteString>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const slice = createTimeSlice();
  const isAlias = createAliasTest(directories, kept, slice);
  for (const parent of parents) {
    for (const name of readNames(directories, parent)) {
      const path = parent === "" ? name : `${parent}/${name}`;
      if (!kept.has(path) && !(await isAlias(path))) await removeTree(directories, path, signal, slice);
      else if (slice.spent()) await slice.next();
    }
    if (slice.spent()) await slice.next();
    signal?.throwIfAborted();
  }
}

/** Whether a path is another spelling of one that is kept, and both lead to the same. */
function createAliasTest(directories: Directories, kept: ReadonlySet<ByteString>, slice: TimeSlice) {
  let spellings: ReadonlyMap<string, ByteString> | undefined;
  const identify = (path: ByteString) => {
    const stat = lstatSync(directories.locate(parentOf(path), nameOf(path)), {
      bigint: true,
      throwIfNoEntry: false,
    });
    return stat && `${stat.dev}:${stat.ino}`;
  };
  return async (path: ByteString): Promise<boolean> => {
    spellings ??= await foldAll(kept, slice);
    const other = spellings.get(fold(path));
    return other !== undefined && identify(path) === identify(other);
  };
}

async function foldAll(paths: Iterable<ByteString>, slice: TimeSlice): Promise<Map<string, ByteString>> {
  const folded = new Map<string, ByteString>();
  for (const path of paths) {
    folded.set(fold(path), path);
    if (slice.spent()) await slice.next();
  }
  return folded;
}

function fold(path: ByteString): string {
  return fromByteString(path).normalize("NFC").toLowerCase();
}
