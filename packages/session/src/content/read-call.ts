// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { ReadContentRequestSchema } from "@bk/proto/content";
import { createFrameWriter, grpcCode } from "@bk/transport";
import type { StreamCall } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import { SessionError } from "../errors.js";
import { varintLength, writeVarint } from "../varint.js";
import { checkDigest, readRequest } from "./content-messages.js";
import type { ImportStore } from "./content-store.js";
import { blobPath, cannotRead, isMissing } from "./store-files.js";

/** Bytes in one message, as a containerd server sends them. */
const CHUNK_BYTES = 1 << 20;
const OFFSET_TAG = 0x08;
const DATA_TAG = 0x12;

/** Sends a range of a blob. Must match the daemon: the content service of containerd. */
export async function serveRead(call: StreamCall, { dir }: ImportStore): Promise<void> {
  const request = await readRequest(call, ReadContentRequestSchema);
  const path = blobPath(dir, checkDigest(request.digest));
  await using file = await openBlob(path, request.digest);
  const { size } = await file.stat();
  const start = Math.max(0, Number(request.offset));
  if (start > size) throw new CallRefusal(grpcCode.outOfRange, `${request.digest} has ${size} bytes`);
  const end = request.size > 0n ? Math.min(size, start + Number(request.size)) : size;
  await sendRange(call, { file, path, start, end });
}

interface Range {
  readonly file: FileHandle;
  readonly path: string;
  readonly start: number;
  /** The byte behind the last. */
  readonly end: number;
}

async function sendRange({ stream, signal }: StreamCall, { file, path, start, end }: Range): Promise<void> {
  const writer = createFrameWriter(stream);
  for (let at = start; at < end; ) {
    signal.throwIfAborted();
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at));
    const { bytesRead } = await read(file, path, chunk, at);
    if (bytesRead === 0)
      throw new SessionError("BK_STORE_CORRUPT", `${path} became shorter while it was read`);
    writer.writeParts(encodeHead(at, bytesRead), chunk.subarray(0, bytesRead));
    at += bytesRead;
    if (writer.full) await writer.drain();
  }
  writer.flush();
}

async function openBlob(path: string, digest: string): Promise<FileHandle> {
  try {
    // What is no file, a pipe for example, must not hold the call. Links are the owner's business.
    if ((await stat(path)).isFile()) return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (!isMissing(cause)) throw cannotRead(path, cause);
  }
  throw new CallRefusal(grpcCode.notFound, `The store has no blob ${digest}`);
}

async function read(file: FileHandle, path: string, chunk: Buffer, at: number) {
  try {
    return await file.read(chunk, 0, chunk.length, at);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** What stands before the data in a ReadContentResponse. */
function encodeHead(offset: number, length: number): Uint8Array {
  const head = new Uint8Array(2 + varintLength(offset) + varintLength(length));
  head[0] = OFFSET_TAG;
  const at = writeVarint(head, 1, offset);
  head[at] = DATA_TAG;
  writeVarint(head, at + 1, length);
  return head;
}
