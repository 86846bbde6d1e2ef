// SPDX-License-Identifier: Apache-2.0
import type { SourceFile } from "./source.js";

export function createMemoryFile(content: Uint8Array): SourceFile {
  const readSync: SourceFile["readSync"] = (target, offset, length, position) => {
    const part = content.subarray(position, position + length);
    target.set(part, offset);
    return part.length;
  };
  return {
    readSync,
    read: async (...at) => readSync(...at),
    assertUnchanged() {},
    close() {},
  };
}
