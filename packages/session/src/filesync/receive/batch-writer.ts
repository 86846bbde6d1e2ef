// SPDX-License-Identifier: Apache-2.0
import { writeSync, writev } from "node:fs";
import { promisify } from "node:util";

const writevAsync = promisify(writev);

/** Gathered before they are written: few large writes cost less than many small ones. */
const BATCH_BYTES = 512 << 10;
/** The system's limit (IOV_MAX). */
const MAX_CHUNKS = 1024;

/** Writes a file in the background, at most two batches behind. */
export interface BatchWriter {
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Resolves when everything is written. */
  drain(): Promise<void>;
  /** Resolves when nothing is being written any more, whether that failed or not. */
  settle(): Promise<void>;
}

export function createBatchWriter(fd: number): BatchWriter {
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let writing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    await writing;
    const chunks = batch;
    batch = [];
    batchBytes = 0;
    writing = writeAll(fd, chunks);
    writing.catch(() => {}); // whoever comes next gets it
  }

  return {
    write(chunk) {
      batch.push(chunk);
      batchBytes += chunk.length;
      return batchBytes >= BATCH_BYTES || batch.length >= MAX_CHUNKS ? flush() : undefined;
    },
    async drain() {
      await flush();
      await writing;
    },
    async settle() {
      await writing?.catch(() => {});
    },
  };
}

async function writeAll(fd: number, chunks: Uint8Array[]): Promise<void> {
  for (let rest = chunks; rest.length > 0; ) {
    const { bytesWritten } = await writevAsync(fd, rest);
    rest = skipBytes(rest, bytesWritten);
  }
}

/** Writes small contents without leaving the event loop. */
export function writeAllSync(fd: number, content: Uint8Array): void {
  for (let done = 0; done < content.length; ) done += writeSync(fd, content, done);
}

function skipBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let skipped = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (skipped + chunk.length > count) return [chunk.subarray(count - skipped), ...chunks.slice(index + 1)];
    skipped += chunk.length;
  }
  return [];
}
