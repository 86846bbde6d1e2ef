// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";
import { createFrameReader, type FrameReader } from "@bk/transport";
import { SessionError } from "./errors.js";

export interface MessageStreamOptions {
  /** Limit of one message, in bytes. */
  readonly maxBytes: number;
  /** Called for each message in order; its bytes may be kept. An error ends the reading. */
  readonly onMessage: (message: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the gRPC messages of a stream until the peer ends its side. The caller may `pause()` and `resume()` the
 * stream for back-pressure.
 *
 * @throws what `onMessage` threw, `signal.reason`, or {SessionError} `BK_PROTOCOL` for malformed frames.
 */
export async function readMessages(stream: Readable, options: MessageStreamOptions): Promise<void> {
  const { signal } = options;
  signal.throwIfAborted();
  const reader = createFrameReader({ maxBytes: options.maxBytes, onMessage: options.onMessage });
  let onData: (chunk: Buffer) => void = () => {};
  let onEnd: () => void = () => {};
  let onAbort: () => void = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      onData = (chunk) => {
        try {
          reader.push(chunk);
        } catch (error) {
          stream.off("data", onData); // more may come in this turn, and would be cut into messages anywhere
          reject(error);
        }
      };
      onEnd = () => {
        try {
          endFrames(reader);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      stream.on("data", onData).once("end", onEnd);
    });
  } finally {
    stream.off("data", onData).off("end", onEnd);
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * The gRPC messages of a stream, until the peer ends its side. No more is read than is asked for, and leaving the
 * loop leaves the stream open.
 *
 * @throws what the stream was destroyed with, or {SessionError} `BK_PROTOCOL` for malformed frames.
 */
export async function* iterateMessages(
  stream: Readable,
  { maxBytes }: Pick<MessageStreamOptions, "maxBytes">,
): AsyncGenerator<Uint8Array, void, undefined> {
  let ready: Uint8Array[] = [];
  const reader = createFrameReader({ maxBytes, onMessage: (message) => ready.push(message) });
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    reader.push(chunk);
    const messages = ready;
    ready = [];
    yield* messages;
  }
  endFrames(reader);
}

function endFrames(reader: FrameReader): void {
  try {
    reader.end();
  } catch (cause) {
    throw new SessionError("BK_PROTOCOL", "The daemon ended a stream inside a message", { cause });
  }
}
