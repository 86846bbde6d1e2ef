// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from "node:timers/promises";
import { type FrameWriter, raceAbort } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { fromByteString } from "../byte-string.js";
import { dataHeaderLength, writeDataHeader } from "../packet.js";
import type { SourceFile, SyncSource } from "../source/source.js";
import { isHardLink } from "../source/stat.js";
import type { WakeUp } from "../wake-up.js";
import type { SendCounts } from "./send-progress.js";
import type { RequestedFile, SendState } from "./send-state.js";

/** Up to here a file is read without leaving the event loop, straight into the output buffer. */
const SMALL_FILE_BYTES = 32 << 10;
/** Large files go in packets of this size: fewer of them cost the daemon and this side less. */
const CHUNK_BYTES = 256 << 10;
/** How long small files may hold the event loop before it turns. */
const SLICE_MS = 10;

export interface ContentsOptions {
  readonly source: SyncSource;
  readonly state: SendState;
  readonly counts: SendCounts;
  readonly writer: FrameWriter;
  /** Wakes when the receiver has sent something. */
  readonly requests: WakeUp;
  readonly signal: AbortSignal;
}

/** Sends requested files in the order of the requests, until the receiver is done. */
export async function sendContents(options: ContentsOptions): Promise<void> {
  const { state, counts, writer, requests, signal } = options;
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    signal.throwIfAborted();
    const file = state.next();
    if (!file) {
      if (state.finished) return;
      await requests.wait();
      sliceEnd = performance.now() + SLICE_MS;
      continue;
    }
    if (file.stat.size <= SMALL_FILE_BYTES) {
      sendSmallFile(options, file);
      if (writer.full) await raceAbort(writer.drain(), signal);
      if (performance.now() > sliceEnd) {
        await nextTurn();
        sliceEnd = performance.now() + SLICE_MS;
      }
    } else {
      await sendLargeFile(options, file);
    }
    if (!isHardLink(file.stat)) counts.filesSent++;
  }
}

function sendSmallFile({ source, counts, writer }: ContentsOptions, { id, stat }: RequestedFile): void {
  const file = source.open(stat);
  try {
    if (stat.size > 0) {
      const headerLength = dataHeaderLength(id, stat.size);
      const { buffer, offset } = writer.reserve(headerLength + stat.size);
      writeDataHeader(buffer, offset, id, stat.size);
      fillFrom(file, buffer.subarray(offset + headerLength, offset + headerLength + stat.size));
      counts.bytes += stat.size;
    }
  } finally {
    file.close();
  }
  writeEndOfFile(writer, id);
}

/** Reads a whole file into its place in the output, which goes to the daemon even if that fails. */
function fillFrom(file: SourceFile, target: Buffer): void {
  let done = 0;
  try {
    while (done < target.length) {
      const count = file.readSync(target, done, target.length - done, done);
      if (count === 0) break; // shorter than it was: `assertUnchanged` says so
      done += count;
    }
    file.assertUnchanged();
  } finally {
    // What lay in the buffer before is none of the daemon's business.
    if (done < target.length) target.fill(0, done);
  }
}

async function sendLargeFile(
  { source, counts, writer, signal }: ContentsOptions,
  { id, stat }: RequestedFile,
): Promise<void> {
  const file = source.open(stat);
  try {
    for (let position = 0; position < stat.size; ) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, stat.size - position));
      const count = await file.read(chunk, 0, chunk.length, position);
      signal.throwIfAborted();
      if (count === 0) throw shortened(stat.path, position, stat.size);
      writer.writeParts(dataHeader(id, count), chunk.subarray(0, count));
      position += count;
      counts.bytes += count;
      if (writer.full) await raceAbort(writer.drain(), signal);
    }
    file.assertUnchanged();
  } finally {
    file.close();
  }
  writeEndOfFile(writer, id);
}

function dataHeader(id: number, dataLength: number): Buffer {
  const header = Buffer.allocUnsafe(dataHeaderLength(id, dataLength));
  writeDataHeader(header, 0, id, dataLength);
  return header;
}

function writeEndOfFile(writer: FrameWriter, id: number): void {
  const { buffer, offset } = writer.reserve(dataHeaderLength(id, 0));
  writeDataHeader(buffer, offset, id, 0);
}

function shortened(path: string, position: number, size: number): SessionError {
  return new SessionError(
    "BK_CONTEXT_CHANGED",
    `The file ${fromByteString(path)} was shortened from ${size} to ${position} bytes while it was being sent`,
  );
}
