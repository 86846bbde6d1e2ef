// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";

/** Knows under which path each file was sent first in one walk, so that its other names become links to it. */
export interface HardLinks {
  /**
   * The path that the file was first claimed for; undefined if this is the first. Only what is sent claims,
   * so that no link ever names a path that was filtered out.
   *
   * @param file device and inode, or what else tells files apart
   */
  claim(file: string, path: ByteString): ByteString | undefined;
}

export function createHardLinks(): HardLinks {
  const first = new Map<string, ByteString>();
  return {
    claim(file, path) {
      const earlier = first.get(file);
      if (earlier === undefined) first.set(file, path);
      return earlier;
    },
  };
}
