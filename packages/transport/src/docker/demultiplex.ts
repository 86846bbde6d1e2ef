// SPDX-License-Identifier: Apache-2.0
import { Transform, type TransformCallback } from "node:stream";
import { TransportError } from "../errors.js";

export interface DemultiplexerOptions {
  readonly endpoint: string;
  onStderr(chunk: Buffer): void;
}

/** One byte for the stream, three of padding, four for the length of the payload, big-endian. */
const headerBytes = 8;

const stdout = 1;
const stderr = 2;

/** How Docker begins its word that the command could not be started; it comes on the standard output. */
const startFailure = Buffer.from("OCI runtime exec failed");

/**
 * Takes the standard output out of the stream in which Docker sends both outputs of a program without a terminal.
 * Payloads pass in the pieces they come in; nothing is collected. Must match moby/moby: api/pkg/stdcopy.
 */
export class Demultiplexer extends Transform {
  readonly #options: DemultiplexerOptions;
  readonly #header = Buffer.alloc(headerBytes);
  #headerLength = 0;
  #payloadLeft = 0;
  #stream = stdout;
  #started = false;

  constructor(options: DemultiplexerOptions) {
    super();
    this.#options = options;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#payloadLeft > 0) {
        const payload = rest.subarray(0, this.#payloadLeft);
        this.#payloadLeft -= payload.length;
        this.#deliver(payload);
        rest = rest.subarray(payload.length);
        continue;
      }
      const taken = rest.copy(this.#header, this.#headerLength);
      this.#headerLength += taken;
      rest = rest.subarray(taken);
      if (this.#headerLength < headerBytes) break;
      this.#headerLength = 0;
      this.#payloadLeft = this.#header.readUInt32BE(4);
      this.#stream = this.#header.readUInt8(0);
      if (this.#stream > stderr) {
        callback(this.#protocolError());
        return;
      }
    }
    callback();
  }

  #deliver(payload: Buffer): void {
    if (this.#stream === stdout && !this.#started) {
      this.#started = true;
      // Counts for the rest of this payload too.
      if (payload.subarray(0, startFailure.length).equals(startFailure)) this.#stream = stderr;
    }
    if (this.#stream === stdout) this.push(payload);
    if (this.#stream === stderr) this.#options.onStderr(payload);
  }

  /** Stream 3 is Docker's for an error of its own. */
  #protocolError(): TransportError {
    const { endpoint } = this.#options;
    return new TransportError(
      "BK_PROTOCOL_ERROR",
      `The connection to ${endpoint} was lost: Docker sent output of an unknown kind (${this.#stream})`,
      { endpoint },
    );
  }
}
