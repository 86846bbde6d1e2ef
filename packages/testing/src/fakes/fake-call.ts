// SPDX-License-Identifier: Apache-2.0

import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";

import { encodeFrame, readFrames } from "./grpc-frames.js";

/** One RPC that reached a fake, for a handler to answer as it likes, byte by byte if need be. */
export interface FakeCall {
  /** Such as "/moby.buildkit.v1.Control/Info". */
  readonly path: string;
  /** Name, value, name, value, ... as received: repeated values are kept apart. */
  readonly rawHeaders: readonly string[];
  /** For what the helpers below do not do. */
  readonly stream: ServerHttp2Stream;
  /** Every value of one header, in order. */
  headerValues(name: string): readonly string[];
  /** The next message, or undefined when the caller has sent its last. */
  nextMessage(): Promise<Buffer | undefined>;
  receive<D extends DescMessage>(schema: D): Promise<MessageShape<D>>;
  /** Sends response headers; the helpers below do so by themselves. */
  respond(headers?: OutgoingHttpHeaders): void;
  /** Sends one message as it is. */
  sendBytes(message: Uint8Array): void;
  send<D extends DescMessage>(schema: D, message: MessageInitShape<D>): void;
  /** Ends the call. */
  end(options?: EndOptions): void;
  /** Ends the call with RST_STREAM, by default CANCEL. */
  reset(code?: number): void;
}

export interface EndOptions {
  /** grpc-status; 0 unless given. */
  readonly status?: number;
  /** grpc-message, unescaped. */
  readonly message?: string;
  /** More trailers, such as grpc-status-details-bin in base64. */
  readonly trailers?: OutgoingHttpHeaders;
}

export type FakeHandler = (call: FakeCall) => Promise<void> | void;

export function createFakeCall(
  stream: ServerHttp2Stream,
  path: string,
  rawHeaders: readonly string[],
): FakeCall {
  const messages = readFrames(stream);
  const respond = (headers: OutgoingHttpHeaders = {}): void => {
    if (stream.headersSent || stream.destroyed) return;
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", ...headers },
      { waitForTrailers: true },
    );
  };
  const sendBytes = (message: Uint8Array): void => {
    respond();
    stream.write(encodeFrame(message));
  };
  const nextMessage = async (): Promise<Buffer | undefined> => {
    const next = await messages.next();
    return next.done ? undefined : next.value;
  };
  return {
    path,
    rawHeaders,
    stream,
    headerValues: (name) =>
      rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === name),
    nextMessage,
    async receive(schema) {
      const message = await nextMessage();
      if (message === undefined) throw new Error(`${path}: the caller sent no message`);
      return fromBinary(schema, message);
    },
    respond,
    sendBytes,
    send: (schema, message) => sendBytes(toBinary(schema, create(schema, message))),
    end({ status = 0, message, trailers } = {}) {
      if (stream.destroyed) return;
      const text = message === undefined ? {} : { "grpc-message": encodeURIComponent(message) };
      stream.once("wantTrailers", () =>
        stream.sendTrailers({ "grpc-status": `${status}`, ...text, ...trailers }),
      );
      respond();
      stream.end();
    },
    reset: (code = constants.NGHTTP2_CANCEL) => stream.close(code),
  };
}
