// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Stream, constants } from "node:http2";
import { Duplex } from "node:stream";
import {
  type AbortOptions,
  type Channel,
  createFrameReader,
  maxMessageBytes,
  waitForGrpcStatus,
} from "@bk/transport";
import { createBytesFramer, decodeBytesMessage } from "./bytes-message.js";
import { SessionError } from "./errors.js";
import type { Session } from "./session.js";

const SESSION_METHOD = "/moby.buildkit.v1.Control/Session";

/**
 * Opens the connection of a session as a stream of the daemon's control API: each side's bytes travel as
 * BytesMessages. For daemons without Docker's `/session`.
 *
 * @throws {SessionError} `BK_SESSION_REFUSED` when the daemon answers with an error.
 */
export async function openSessionTunnel(
  channel: Channel,
  session: Session,
  options: AbortOptions = {},
): Promise<Duplex> {
  const stream = await channel.openStream(SESSION_METHOD, {
    headers: session.headers,
    signal: options.signal,
  });
  return new SessionTunnel(stream);
}

/** A Duplex over the Control.Session stream, which it owns. */
class SessionTunnel extends Duplex {
  readonly #stream: ClientHttp2Stream;
  /** One buffer is enough: a Duplex has one write under way at a time. */
  readonly #frame = createBytesFramer();

  constructor(stream: ClientHttp2Stream) {
    // 256 KiB of the HTTP/2 server's frames in flight: enough to keep the outer stream busy.
    super({ writableHighWaterMark: 256 << 10, readableHighWaterMark: 256 << 10 });
    this.#stream = stream;
    const reader = createFrameReader({
      maxBytes: maxMessageBytes,
      onMessage: (message) => {
        if (!this.push(decodeBytesMessage(message))) stream.pause();
      },
    });
    stream.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.destroy(error as Error);
      }
    });
    stream.once("close", () => this.#end());
    stream.on("error", (error) => this.destroy(error));
    waitForGrpcStatus(stream).then(
      (status) => {
        if (status.code !== 0) this.destroy(refused(status.message));
      },
      (error: Error) => this.destroy(error),
    );
  }

  #end(): void {
    if (!this.readableEnded) this.push(null);
    this.destroy();
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write(this.#frame([chunk]), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#stream.write(this.#frame(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    done(error);
  }
}

function refused(message: string): SessionError {
  return new SessionError("BK_SESSION_REFUSED", `The daemon ended the session: ${message}`);
}
