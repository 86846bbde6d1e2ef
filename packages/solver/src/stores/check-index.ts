// SPDX-License-Identifier: Apache-2.0
import { findManifest, SessionError } from "@bk/session";

/**
 * Makes sure that a directory's index can be added to, before a build that would do so.
 *
 * @throws {SessionError} `BK_STORE_CORRUPT`
 */
export async function checkIndex(dir: string): Promise<void> {
  await findExisting(dir, "");
}

/** As `findManifest()`; undefined also when there is no such directory, or no index in it. */
export async function findExisting(dir: string, name: string): ReturnType<typeof findManifest> {
  try {
    return await findManifest(dir, name);
  } catch (error) {
    if (SessionError.is(error) && error.code === "BK_STORE_FAILED" && error.cause === undefined)
      return undefined;
    throw error;
  }
}
