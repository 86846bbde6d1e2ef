// SPDX-License-Identifier: Apache-2.0
import { readdirSync, rmdirSync, unlinkSync } from "node:fs";
import type { ByteString } from "../byte-string.js";
import { createTimeSlice, type TimeSlice } from "../source/time-slice.js";
import { systemCode } from "../system-code.js";
import { type Directories, nameOf, parentOf } from "./disk-directories.js";

/**
 * Removes what is at `path`, whatever it is. Links are removed, never followed. Works in slices.
 *
 * @param slice of whoever removes many
 * @throws the system's error, or `signal.reason`
 */
export async function removeTree(
  directories: Directories,
  path: ByteString,
  signal: AbortSignal | undefined,
  slice: TimeSlice = createTimeSlice(),
): Promise<void> {
  const pending = [path];
  for (let at = pending.at(-1); at !== undefined; at = pending.at(-1)) {
    if (removeEntry(directories, at)) pending.pop();
    else for (const name of readNames(directories, at)) pending.push(`${at}/${name}`);
    if (!slice.spent()) continue;
    await slice.next();
    signal?.throwIfAborted();
  }
}

export function readNames(directories: Directories, path: ByteString): ByteString[] {
  return readdirSync(directories.locate(path, "."), { encoding: "latin1" });
}

/** @returns false for a directory that is not empty */
function removeEntry(directories: Directories, path: ByteString): boolean {
  const native = directories.locate(parentOf(path), nameOf(path));
  try {
    unlinkSync(native);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return true;
    // What a system says of a directory: Linux one, POSIX the other.
    if (systemCode(error) !== "EISDIR" && systemCode(error) !== "EPERM") throw error;
  }
  try {
    directories.forget(path);
    rmdirSync(native);
    return true;
  } catch (error) {
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
    return false;
  }
}
