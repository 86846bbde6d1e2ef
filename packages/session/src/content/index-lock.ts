// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { withFileLock } from "./file-lock.js";

/**
 * Holds the lock of an index while `work` changes it: the file `<index>.lock`. BuildKit's Go client uses a file of that
 * name with flock(2) and removes it when it is done, so this waits for that client; that client does not wait for this
 * one, and of two changes at once may lose one.
 *
 * @throws as `withFileLock`
 */
export function withIndexLock<T>(
  indexPath: string,
  work: () => Promise<T>,
  options: AbortOptions = {},
): Promise<T> {
  return withFileLock(`${indexPath}.lock`, work, options);
}
