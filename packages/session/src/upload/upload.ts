// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import { createFrameWriter, type FrameWriter, listenAbort } from "@bk/transport";
import type { Attachable, StreamCall } from "../attachable.js";
import { encodeBytesHead } from "../bytes-message.js";
import { SessionError } from "../errors.js";

const METHOD = "/moby.upload.v1.Upload/Pull";

/** Must match the daemon: session/upload and source/http of moby/buildkit. */
const PATH_HEADER = "urlpath";
const URL_PREFIX = "http://buildkit-session/";

/** Bytes in one message: what BuildKit's own client sends at most. */
const MAX_CHUNK_BYTES = 3 << 20;

/** Serves streams to the daemon, which fetches them as if by HTTP. */
export interface Upload extends Attachable {
  /**
   * Offers a stream once, and returns the URL by which a build asks for it. The stream is read when the daemon
   * asks, as fast as the daemon takes it; it is destroyed when that fails.
   */
  add(body: Readable): string;
}

/** Makes a place for streams that the daemon may fetch: a tar from stdin as the context of a build. */
export function createUpload(): Upload {
  const bodies = new Map<string, Readable>();
  return {
    methods: [METHOD],
    streams: { [METHOD]: (call) => serve(call, bodies) },
    add(body) {
      // Unique, since the daemon's HTTP source goes by the URL.
      const id = randomBytes(16).toString("hex");
      bodies.set(id, body);
      body.on("error", () => {}); // it may fail before it is read, and whoever reads it is told
      return URL_PREFIX + id;
    },
  };
}

async function serve(call: StreamCall, bodies: Map<string, Readable>): Promise<void> {
  const id = posix.basename(call.metadata.get(PATH_HEADER)?.[0] ?? "");
  const body = bodies.get(id);
  if (!body)
    throw new SessionError(
      "BK_NOT_SHARED",
      `The daemon asked for the upload ${JSON.stringify(id)}, which is not offered, or was fetched before`,
    );
  bodies.delete(id);
  await send(body, createFrameWriter(call.stream), call.signal);
}

async function send(body: Readable, writer: FrameWriter, signal: AbortSignal): Promise<void> {
  const stopListening = listenAbort(signal, () => body.destroy());
  try {
    for await (const chunk of body) await sendChunk(toBytes(chunk), writer);
    writer.flush();
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SessionError("BK_UPLOAD_FAILED", `The stream that the build reads from failed: ${why}`, {
      cause,
    });
  } finally {
    stopListening();
  }
}

async function sendChunk(chunk: Uint8Array, writer: FrameWriter): Promise<void> {
  for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES) {
    const data = chunk.subarray(start, start + MAX_CHUNK_BYTES);
    writer.writeParts(encodeBytesHead(data.length), data);
    if (writer.full) await writer.drain();
  }
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  throw new TypeError("It yields neither bytes nor text");
}
