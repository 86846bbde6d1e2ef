// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";

const PREFIX_BYTES = 5;

/** One gRPC message on the wire: a zero byte, its length in four bytes, the message. */
export function encodeFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** The messages of a stream, until it ends. Leaving the loop early leaves the stream open. */
export async function* readFrames(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    let at = 0;
    while (buffered.length - at >= PREFIX_BYTES) {
      const end = at + PREFIX_BYTES + buffered.readUInt32BE(at + 1);
      if (end > buffered.length) break;
      yield buffered.subarray(at + PREFIX_BYTES, end);
      at = end;
    }
    buffered = buffered.subarray(at);
  }
}
