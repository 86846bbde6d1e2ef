// SPDX-License-Identifier: Apache-2.0
import type { RequestedFile } from "./receive-state.js";
import type { Target, TargetFile } from "./target.js";

/** Up to here the contents of a file are held until they are complete: one packet of most senders. */
const SMALL_FILE_BYTES = 64 << 10;

/**
 * Takes the contents of requested files to the target: small ones in one go, large ones as they come. Files get no
 * more bytes than they were described with, which `ReceiveState` sees to.
 */
export interface ReceiveContents {
  write(file: RequestedFile, chunk: Uint8Array): void | Promise<void>;
  finish(file: RequestedFile): void | Promise<void>;
  /** Leaves nothing behind of files that are not finished. */
  discard(): Promise<void>;
}

export function createReceiveContents(target: Target): ReceiveContents {
  const small = new Map<number, SmallFile>();
  const large = new Map<number, TargetFile>();
  /** Small files that came whole in one packet, as most do. */
  const placed = new Set<number>();

  function writeLarge({ id, stat }: RequestedFile, chunk: Uint8Array): void | Promise<void> {
    const file = large.get(id) ?? target.openFile(stat);
    large.set(id, file);
    return file.write(withoutSurroundings(chunk));
  }

  return {
    write(file, chunk) {
      if (file.stat.size > SMALL_FILE_BYTES) return writeLarge(file, chunk);
      if (chunk.length === file.stat.size) {
        placed.add(file.id);
        return target.addFile(file.stat, chunk);
      }
      const held = small.get(file.id) ?? { content: Buffer.allocUnsafe(file.stat.size), filled: 0 };
      small.set(file.id, held);
      held.content.set(chunk, held.filled);
      held.filled += chunk.length;
    },
    finish({ id, stat }) {
      if (placed.delete(id)) return;
      const file = large.get(id);
      // A file that fails to finish discards itself.
      if (file) {
        large.delete(id);
        return file.finish();
      }
      const content = small.get(id)?.content ?? new Uint8Array();
      small.delete(id);
      return target.addFile(stat, content);
    },
    async discard() {
      const files = [...large.values()];
      large.clear();
      for (const file of files) await file.discard();
    },
  };
}

/** What has come of a small file. Copied, so that it takes no more room than was described, however it is cut. */
interface SmallFile {
  readonly content: Buffer;
  filled: number;
}

/** A chunk that may be kept: a view would keep all that came with it, which may be much more. */
function withoutSurroundings(chunk: Uint8Array): Uint8Array {
  return chunk.buffer.byteLength > 2 * chunk.length ? new Uint8Array(chunk) : chunk;
}
