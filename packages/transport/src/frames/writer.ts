// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { TransportError } from "../errors.js";
import { framePrefixBytes } from "./reader.js";
import { createSlabPool } from "./slab-pool.js";

export interface FrameWriterOptions {
  /** Bytes that may wait for the socket before `full` asks the producer to stop. Default 1 MiB. */
  readonly maxQueuedBytes?: number | undefined;
}

/** Where a message is to be encoded: `buffer[offset]` up to the reserved length. */
export interface Reservation {
  readonly buffer: Buffer;
  readonly offset: number;
}

/**
 * Frames gRPC messages and hands them to a stream in writes of up to 256 KiB: when that much has gathered, or
 * when the event loop turns. The writer never refuses a message; producers look at `full` between messages.
 */
export interface FrameWriter {
  /**
   * Makes room for one message of exactly `length` bytes. The caller encodes it in place before it gives up
   * the event loop or calls the writer again.
   */
  reserve(length: number): Reservation;
  /** Appends one message, copied. */
  write(message: Uint8Array): void;
  /**
   * Appends one message made of `head` (copied) and `body`, which is sent without a copy when it is large: it
   * must not change until `onWritten`, which is called once the socket has taken it (or never will).
   */
  writeParts(head: Uint8Array, body: Uint8Array, onWritten?: () => void): void;
  /** True when the producer should await `drain()` first, which also throws if the stream has failed. */
  readonly full: boolean;
  /** Resolves when there is room again. @throws what the stream failed with. */
  drain(): Promise<void>;
  /** Hands over what has gathered, without waiting for the loop to turn. */
  flush(): void;
  /** Flushes, ends the stream's writable side, and resolves when the socket has taken everything. */
  end(): Promise<void>;
}

/** From here on a body is handed over as it is: cheaper than a copy. */
const byReferenceBytes = 32 * 1024;

/** A writer for one stream's body; the stream stays the caller's. */
export function createFrameWriter(stream: Writable, options: FrameWriterOptions = {}): FrameWriter {
  return new BatchingFrameWriter(stream, options);
}

/**
 * Invariants: W1 bytes of a slab are handed to the stream once, in order. W2 the stream completes writes in
 * order, so a slab is free once as many bytes are written as were sent when it was retired.
 */
class BatchingFrameWriter implements FrameWriter {
  readonly #stream: Writable;
  readonly #maxQueuedBytes: number;
  readonly #pool = createSlabPool();
  /** Holds gathered bytes from `#start` to `#end`; before them sent ones, behind them room. */
  #slab: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #sentBytes = 0;
  #writtenBytes = 0;
  #flushScheduled = false;
  #failure: Error | undefined;
  #waiters: (() => void)[] = [];

  constructor(stream: Writable, { maxQueuedBytes = 1024 * 1024 }: FrameWriterOptions) {
    this.#stream = stream;
    this.#maxQueuedBytes = maxQueuedBytes;
    stream.once("error", (error) => this.#fail(error));
    stream.once("close", () => this.#fail(streamClosedError()));
  }

  get full(): boolean {
    const queuedBytes = this.#sentBytes - this.#writtenBytes + this.#end - this.#start;
    return this.#failure !== undefined || queuedBytes >= this.#maxQueuedBytes;
  }

  reserve(length: number): Reservation {
    const offset = this.#startFrame(length, length);
    this.#end = offset + length;
    return { buffer: this.#slab, offset };
  }

  write(message: Uint8Array): void {
    const { buffer, offset } = this.reserve(message.length);
    buffer.set(message, offset);
  }

  writeParts(head: Uint8Array, body: Uint8Array, onWritten?: () => void): void {
    const length = head.length + body.length;
    const byReference = body.length >= byReferenceBytes;
    const offset = this.#startFrame(length, byReference ? head.length : length);
    this.#slab.set(head, offset);
    this.#end = offset + head.length;
    if (byReference) {
      this.flush();
      this.#send(body, onWritten);
      return;
    }
    this.#slab.set(body, this.#end);
    this.#end += body.length;
    onWritten?.();
  }

  async drain(): Promise<void> {
    this.flush();
    while (this.full) {
      // Reset by the peer, a stream counts as finished too.
      if (this.#failure !== undefined) throw this.#failure;
      await this.#nextWrite();
    }
  }

  flush(): void {
    if (this.#end === this.#start) return;
    const bytes = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#send(bytes);
  }

  async end(): Promise<void> {
    this.flush();
    if (this.#failure === undefined) this.#stream.end(() => this.#wake());
    while (!this.#stream.writableFinished) await this.#nextWrite();
  }

  /** Writes the prefix of a message and makes sure that `room` bytes after it lie in the same slab. */
  #startFrame(length: number, room: number): number {
    const needed = framePrefixBytes + room;
    if (this.#slab.length - this.#end < needed) {
      this.flush();
      this.#pool.retire(this.#slab, this.#sentBytes);
      this.#slab = this.#pool.take(needed);
      this.#start = 0;
      this.#end = 0;
    }
    this.#slab.writeUInt8(0, this.#end);
    this.#scheduleFlush();
    return this.#slab.writeUInt32BE(length, this.#end + 1);
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.flush();
    });
  }

  #send(bytes: Uint8Array, onWritten?: () => void): void {
    if (this.#failure !== undefined) {
      onWritten?.();
      return;
    }
    this.#sentBytes += bytes.length;
    this.#stream.write(bytes, (error) => {
      this.#writtenBytes += bytes.length;
      onWritten?.();
      if (error != null) this.#fail(error);
      else this.#pool.reclaim(this.#writtenBytes);
      this.#wake();
    });
  }

  /** Resolves when something was written or the stream ended. @throws what it failed with. */
  async #nextWrite(): Promise<void> {
    if (this.#failure === undefined) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    if (this.#failure !== undefined && !this.#stream.writableFinished) throw this.#failure;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function streamClosedError(): TransportError {
  return new TransportError("BK_CONNECTION_LOST", "The stream was closed before all messages were written");
}
