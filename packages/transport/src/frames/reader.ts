// SPDX-License-Identifier: Apache-2.0
import { TransportError } from "../errors.js";
import { maxMessageBytes } from "../http2-settings.js";

export interface FrameReaderOptions {
  /** Longest message taken. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Called for each message, in order. The bytes are a view of the pushed chunk when the message lies inside
   * one, else a copy; either way they stay valid as long as the chunk's owner leaves the chunk alone.
   */
  readonly onMessage: (message: Uint8Array) => void;
}

/** Cuts a gRPC body into messages, wherever the chunks are cut. After an error it must not be used again. */
export interface FrameReader {
  /** @throws {TransportError} `BK_MESSAGE_TOO_LARGE`, `BK_PROTOCOL_ERROR`. */
  push(chunk: Uint8Array): void;
  /** @throws {TransportError} `BK_PROTOCOL_ERROR` when the body ends inside a message. */
  end(): void;
}

/** One byte of flags and four of length, before each message. */
export const framePrefixBytes = 5;

/** The limit is checked before a byte of the message is kept. Compressed messages are refused. */
export function createFrameReader({
  maxBytes = maxMessageBytes,
  onMessage,
}: FrameReaderOptions): FrameReader {
  const prefix = Buffer.alloc(framePrefixBytes);
  let prefixFilled = 0;
  let partial: Buffer | undefined;
  let partialFilled = 0;

  /** Completes what earlier chunks began; returns where in the chunk the next frame starts. */
  function resume(chunk: Uint8Array): number {
    let offset = 0;
    if (prefixFilled > 0) {
      const taken = chunk.subarray(0, framePrefixBytes - prefixFilled);
      prefix.set(taken, prefixFilled);
      prefixFilled += taken.length;
      offset = taken.length;
      if (prefixFilled < framePrefixBytes) return offset;
      prefixFilled = 0;
      partial = Buffer.allocUnsafeSlow(readLength(prefix, 0, maxBytes));
      partialFilled = 0;
    }
    if (partial === undefined) return offset;
    const taken = chunk.subarray(offset, offset + partial.length - partialFilled);
    partial.set(taken, partialFilled);
    partialFilled += taken.length;
    if (partialFilled < partial.length) return offset + taken.length;
    const message = partial;
    partial = undefined;
    onMessage(message);
    return offset + taken.length;
  }

  return {
    push(chunk) {
      let offset = resume(chunk);
      while (chunk.length - offset >= framePrefixBytes) {
        const length = readLength(chunk, offset, maxBytes);
        const start = offset + framePrefixBytes;
        if (chunk.length - start < length) {
          partial = Buffer.allocUnsafeSlow(length);
          partial.set(chunk.subarray(start));
          partialFilled = chunk.length - start;
          return;
        }
        offset = start + length;
        onMessage(chunk.subarray(start, offset));
      }
      if (offset < chunk.length) {
        prefix.set(chunk.subarray(offset));
        prefixFilled = chunk.length - offset;
      }
    },
    end() {
      if (prefixFilled === 0 && partial === undefined) return;
      const got =
        partial === undefined ? `${prefixFilled} of 5 prefix` : `${partialFilled} of ${partial.length}`;
      throw new TransportError("BK_PROTOCOL_ERROR", `The stream ended inside a message, after ${got} bytes`);
    },
  };
}

function readLength(bytes: Uint8Array, offset: number, maxBytes: number): number {
  const [flags = 0, a = 0, b = 0, c = 0, d = 0] = bytes.subarray(offset, offset + framePrefixBytes);
  if (flags !== 0) {
    throw new TransportError(
      "BK_PROTOCOL_ERROR",
      `Expected an uncompressed message and got one with flags 0x${flags.toString(16)}`,
    );
  }
  const length = a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
  if (length > maxBytes) {
    throw new TransportError(
      "BK_MESSAGE_TOO_LARGE",
      `Message of ${length} bytes exceeds maxBytes ${maxBytes}`,
    );
  }
  return length;
}
