// SPDX-License-Identifier: Apache-2.0
import type { RequestedFile } from "./receive-state.js";
import type { Target, TargetFile } from "./target.js";

/** Up to here the contents of a file are held until they are complete: one packet of most senders. */
const SMALL_FILE_BYTES = 64 << 10;

/** Takes the contents of requested files to the target: small ones in one go, large ones as they come. */
export interface ReceiveContents {
  write(file: RequestedFile, chunk: Uint8Array): void | Promise<void>;
  finish(file: RequestedFile): void | Promise<void>;
  /** Leaves nothing behind of files that are not finished. */
  discard(): Promise<void>;
}

export function createReceiveContents(target: Target): ReceiveContents {
  const small = new Map<number, Uint8Array[]>();
  const large = new Map<number, TargetFile>();

  function writeLarge({ id, stat }: RequestedFile, chunk: Uint8Array): void | Promise<void> {
    const file = large.get(id) ?? target.openFile(stat);
    large.set(id, file);
    return file.write(chunk);
  }

  return {
    write(file, chunk) {
      if (file.stat.size > SMALL_FILE_BYTES) return writeLarge(file, chunk);
      const chunks = small.get(file.id);
      if (chunks) chunks.push(chunk);
      else small.set(file.id, [chunk]);
    },
    finish({ id, stat }) {
      const file = large.get(id);
      // A file that fails to finish discards itself.
      if (file) {
        large.delete(id);
        return file.finish();
      }
      const chunks = small.get(id) ?? [];
      small.delete(id);
      return target.addFile(stat, chunks);
    },
    async discard() {
      const files = [...large.values()];
      large.clear();
      for (const file of files) await file.discard();
    },
  };
}
