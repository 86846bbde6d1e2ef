// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "./errors.js";
import { varintLength, writeVarint } from "./varint.js";

/**
 * BytesMessage has one field, `bytes data = 1`, in each of BuildKit's packages that define it. These messages
 * carry every tunnelled and exported byte, so they are read and written here without the protobuf runtime.
 */
const DATA_TAG = 0x0a;
const GRPC_PREFIX_BYTES = 5;

/** Buffers up to this size are kept for the next frame. */
const MAX_KEPT_BYTES = 1 << 20;

/** What stands before the data in a BytesMessage of `length` bytes of data. */
export function encodeBytesHead(length: number): Uint8Array {
  const head = new Uint8Array(1 + varintLength(length));
  head[0] = DATA_TAG;
  writeVarint(head, 1, length);
  return head;
}

/**
 * Makes gRPC frames, each a BytesMessage of the concatenated chunks. A frame lies in a buffer that the next one
 * uses again: it has to be written before the next is asked for.
 */
export function createBytesFramer(): (chunks: readonly Uint8Array[]) => Buffer {
  let kept = Buffer.alloc(0);
  return (chunks) => {
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    const message = 1 + varintLength(length) + length;
    const frameLength = GRPC_PREFIX_BYTES + message;
    const buffer = frameLength <= kept.length ? kept : Buffer.allocUnsafeSlow(frameLength);
    if (frameLength <= MAX_KEPT_BYTES) kept = buffer;
    buffer[0] = 0;
    buffer.writeUInt32BE(message, 1);
    buffer[GRPC_PREFIX_BYTES] = DATA_TAG;
    let offset = writeVarint(buffer, GRPC_PREFIX_BYTES + 1, length);
    for (const chunk of chunks) {
      buffer.set(chunk, offset);
      offset += chunk.length;
    }
    return buffer.subarray(0, frameLength);
  };
}

/**
 * The data of a BytesMessage, a view into `message`.
 * @throws {SessionError} `BK_PROTOCOL` for anything but the one field.
 */
export function decodeBytesMessage(message: Uint8Array): Uint8Array {
  if (message.length === 0) return message;
  if (message[0] !== DATA_TAG) throw malformed();
  let length = 0;
  let offset = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = message[offset++];
    if (byte === undefined || shift > 28) throw malformed();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (offset + length !== message.length) throw malformed();
  return message.subarray(offset);
}

function malformed(): SessionError {
  return new SessionError("BK_PROTOCOL", "The daemon sent a malformed BytesMessage");
}
