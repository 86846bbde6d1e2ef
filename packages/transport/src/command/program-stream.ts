// SPDX-License-Identifier: Apache-2.0
import { Duplex, type Readable, type Writable } from "node:stream";
import type { TransportError } from "../errors.js";

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number | undefined;
  /** The signal that ended it. */
  readonly signal?: string | undefined;
  /** The end of what it wrote to its standard error. */
  readonly stderr: string;
}

/** A program that runs, here or in a container. */
export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended and its output was read; never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Makes `ended` come soon. Idempotent. */
  kill(): void;
  /** Why the connection failed; undefined when this is an ordinary end. */
  explainEnd(end: ProgramEnd, receivedBytes: number): TransportError | undefined;
}

/** How long a program may go on after its output or its input was closed. */
const endTimeoutMs = 3_000;

/**
 * A program's standard input and output as one stream. An end that is a failure becomes the stream's error.
 * `close` comes once the program has ended.
 */
export class ProgramStream extends Duplex {
  readonly #program: RunningProgram;
  #bytesRead = 0;
  #timer: NodeJS.Timeout | undefined;
  #outstayed = false;

  constructor(program: RunningProgram) {
    super({ allowHalfOpen: false });
    this.#program = program;
    const { stdin, stdout, ended } = program;
    stdout.on("data", (chunk: Buffer) => {
      this.#bytesRead += chunk.length;
      if (!this.push(chunk)) stdout.pause();
    });
    // What is wrong shows when the program ends, and says more than a broken pipe.
    stdout.on("error", () => {});
    stdin.on("error", () => this.#endSoon());
    stdout.once("end", () => this.#endSoon());
    void ended.then((end) => this.#onEnd(end));
  }

  /** As of a socket. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  override _read(): void {
    this.#program.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#program.stdin.write(chunk, (error) => {
      if (error) void this.#program.ended.then(() => callback(error));
      else callback();
    });
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    callback: (error?: Error | null) => void,
  ): void {
    const { stdin } = this.#program;
    stdin.cork();
    for (const { chunk } of chunks.slice(0, -1)) stdin.write(chunk);
    this._write(chunks.at(-1)?.chunk ?? Buffer.alloc(0), "buffer" as BufferEncoding, callback);
    stdin.uncork();
  }

  override _final(callback: (error?: Error | null) => void): void {
    const { stdin } = this.#program;
    // A destroyed stream calls nobody back.
    if (stdin.destroyed) callback();
    else stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#program.kill();
    void this.#program.ended.then(() => callback(error));
  }

  #onEnd(end: ProgramEnd): void {
    clearTimeout(this.#timer);
    if (this.destroyed) return;
    const failure = this.#outstayed ? undefined : this.#program.explainEnd(end, this.#bytesRead);
    if (failure === undefined) this.push(null);
    else this.destroy(failure);
  }

  #endSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#outstayed = true;
      this.#program.kill();
    }, endTimeoutMs);
  }
}
