// SPDX-License-Identifier: Apache-2.0
import type { ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { createFrameReader, maxMessageBytes } from "@bk/transport";
import type { StreamCall } from "./attachable.js";
import { createBytesFramer, decodeBytesMessage } from "./bytes-message.js";

/** The bytes of a call whose messages are BytesMessages both ways. Ending or destroying it leaves the call open. */
export function openBytesStream({ stream, signal }: StreamCall): Duplex {
  return new BytesStream(stream, signal);
}

class BytesStream extends Duplex {
  readonly #stream: ServerHttp2Stream;
  readonly #signal: AbortSignal;
  /** One buffer is enough: a Duplex has one write under way at a time. */
  readonly #frame = createBytesFramer();
  readonly #onAbort = () => this.destroy(this.#signal.reason);

  constructor(stream: ServerHttp2Stream, signal: AbortSignal) {
    super();
    this.#stream = stream;
    this.#signal = signal;
    const reader = createFrameReader({
      maxBytes: maxMessageBytes,
      onMessage: (message) => {
        // The frame's bytes are only lent.
        if (!this.push(Buffer.from(decodeBytesMessage(message)))) stream.pause();
      },
    });
    stream.on("data", (chunk: Buffer) => {
      if (this.destroyed) return;
      try {
        reader.push(chunk);
      } catch (error) {
        this.destroy(error as Error);
      }
    });
    stream.once("end", () => this.push(null));
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write(this.#frame([chunk]), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    done(error);
  }
}
