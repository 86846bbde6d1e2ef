// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { connectionLostError } from "../node-errors.js";
import { framePrefixBytes } from "./reader.js";

export interface FrameWriterOptions {
  /** Bytes that may wait for the socket before `full` asks the producer to stop. Default 1 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Named in errors. */
  readonly endpoint?: string | undefined;
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

/** Size of one write at most, and of the buffers that messages are gathered in. */
const slabBytes = 256 * 1024;
/** From here on a body is handed over as it is: cheaper than a copy. */
const byReferenceBytes = 32 * 1024;
/** Written slabs kept for reuse. */
const maxSpareSlabs = 4;

/** A writer for one stream's body; the stream stays the caller's. */
export function createFrameWriter(stream: Writable, options: FrameWriterOptions = {}): FrameWriter {
  return new BatchingFrameWriter(stream, options);
}

/** Invariant: bytes of a slab are written once, in order, and the slab is reused only after its last write. */
class BatchingFrameWriter implements FrameWriter {
  readonly #stream: Writable;
  readonly #maxQueuedBytes: number;
  readonly #endpoint: string;
  readonly #spareSlabs: Buffer[] = [];
  #slab: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #queuedBytes = 0;
  #flushScheduled = false;
  #failure: Error | undefined;
  #waiters: (() => void)[] = [];

  constructor(stream: Writable, { maxQueuedBytes = 1024 * 1024, endpoint = "the peer" }: FrameWriterOptions) {
    this.#stream = stream;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#endpoint = endpoint;
    stream.once("error", (error) => this.#fail(error));
    stream.once("close", () => this.#fail(undefined));
  }

  get full(): boolean {
    return this.#failure !== undefined || this.#queuedBytes + this.#end - this.#start >= this.#maxQueuedBytes;
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
      this.#throwFailure();
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
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
    this.#throwFailure();
    await new Promise<void>((resolve) => {
      this.#waiters.push(resolve);
      this.#stream.end(() => this.#wake());
    });
    if (!this.#stream.writableFinished) this.#throwFailure();
  }

  /** Writes the prefix of a message and makes sure that `room` bytes after it lie in the same slab. */
  #startFrame(length: number, room: number): number {
    const needed = framePrefixBytes + room;
    if (this.#slab.length - this.#end < needed) this.#nextSlab(needed);
    this.#slab.writeUInt8(0, this.#end);
    const offset = this.#slab.writeUInt32BE(length, this.#end + 1);
    if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      setImmediate(() => {
        this.#flushScheduled = false;
        this.flush();
      });
    }
    return offset;
  }

  /** A message larger than a slab gets one of its own size, which is not kept. */
  #nextSlab(needed: number): void {
    this.flush();
    this.#retire(this.#slab);
    this.#slab =
      needed > slabBytes
        ? Buffer.allocUnsafeSlow(needed)
        : (this.#spareSlabs.pop() ?? Buffer.allocUnsafeSlow(slabBytes));
    this.#start = 0;
    this.#end = 0;
  }

  /** Writes complete in order, so an empty write after a slab's last one tells when the slab is free. */
  #retire(slab: Buffer): void {
    if (slab.length !== slabBytes || this.#failure !== undefined) return;
    this.#retiring.push({ slab, afterBytes: this.#sentBytes });
  }

  readonly #retiring: { readonly slab: Buffer; readonly afterBytes: number }[] = [];
  #sentBytes = 0;
  #writtenBytes = 0;

  #send(bytes: Uint8Array, onWritten?: () => void): void {
    if (this.#failure !== undefined) {
      onWritten?.();
      return;
    }
    this.#queuedBytes += bytes.length;
    this.#sentBytes += bytes.length;
    this.#stream.write(bytes, (error) => {
      this.#queuedBytes -= bytes.length;
      this.#writtenBytes += bytes.length;
      onWritten?.();
      if (error != null) this.#fail(error);
      else this.#reclaim();
      if (!this.full || this.#failure !== undefined) this.#wake();
    });
  }

  #reclaim(): void {
    for (let first = this.#retiring[0]; first !== undefined; first = this.#retiring[0]) {
      if (first.afterBytes > this.#writtenBytes) return;
      this.#retiring.shift();
      if (this.#spareSlabs.length < maxSpareSlabs) this.#spareSlabs.push(first.slab);
    }
  }

  #fail(error: Error | undefined): void {
    this.#failure ??= error ?? this.#stream.errored ?? connectionLostError(undefined, this.#endpoint);
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
