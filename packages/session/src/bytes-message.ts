// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "./errors.js";
import { varintLength, writeVarint } from "./varint.js";

/**
 * BytesMessage has one field, `bytes data = 1`, in each of BuildKit's packages that define it. These messages
 * carry every tunnelled and exported byte, so they are read and written here without the protobuf runtime.
 */
const DATA_TAG = 0x0a;
const GRPC_PREFIX_BYTES = 5;

/** One gRPC frame with a BytesMessage of the concatenated chunks. */
export function encodeBytesMessage(chunks: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const message = 1 + varintLength(length) + length;
  const frame = Buffer.allocUnsafeSlow(GRPC_PREFIX_BYTES + message);
  frame[0] = 0;
  frame.writeUInt32BE(message, 1);
  frame[GRPC_PREFIX_BYTES] = DATA_TAG;
  let offset = writeVarint(frame, GRPC_PREFIX_BYTES + 1, length);
  for (const chunk of chunks) {
    frame.set(chunk, offset);
    offset += chunk.length;
  }
  return frame;
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
