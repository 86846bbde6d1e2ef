// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { Duplex } from "node:stream";
import { HealthCheckRequestSchema, HealthCheckResponseSchema } from "@bk/proto/health";
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";

import { encodeFrame, readFrames } from "./grpc-frames.js";

/** How an RPC ended. */
export interface PeerStatus {
  /** grpc-status. */
  readonly code: number;
  /** grpc-message, unescaped. */
  readonly message: string;
  readonly trailers: IncomingHttpHeaders;
}

/** An RPC that the daemon's side makes to a session. */
export interface PeerCall {
  readonly stream: ClientHttp2Stream;
  sendBytes(message: Uint8Array): void;
  send<D extends DescMessage>(schema: D, message: MessageInitShape<D>): void;
  /** Says that no message follows. */
  endRequests(): void;
  /** The session's messages until it ends the call. */
  readonly messages: AsyncGenerator<Buffer, void, undefined>;
  /** Resolves when the session ends the call; rejects when the stream breaks. */
  status(): Promise<PeerStatus>;
}

/** The daemon's side of a session: it calls the services that the client serves. */
export interface SessionPeer extends AsyncDisposable {
  readonly http2: ClientHttp2Session;
  /** @param headers metadata; an array sends one header line for each value */
  call(path: string, headers?: OutgoingHttpHeaders): PeerCall;
  /** One request, one response. Rejects with an Error whose `status` is a PeerStatus when it fails. */
  unary<I extends DescMessage, O extends DescMessage>(
    path: string,
    input: I,
    request: MessageInitShape<I>,
    output: O,
  ): Promise<MessageShape<O>>;
  /** Calls grpc.health.v1.Health/Check: 1 is SERVING. */
  checkHealth(): Promise<number>;
}

/** The RPC failed with a status other than 0. */
export class PeerCallError extends Error {
  readonly status: PeerStatus;
  constructor(path: string, status: PeerStatus) {
    super(`${path} ended with status ${status.code}: ${status.message}`);
    this.name = "PeerCallError";
    this.status = status;
  }
}

/**
 * Takes the daemon's part on a session's bytes.
 *
 * @param socket the upgraded /session socket, or joinSessionTunnel() of a Control.Session call
 */
export function openSessionPeer(socket: Duplex): SessionPeer {
  const http2 = connect("http://session", {
    createConnection: () => socket,
    maxSessionMemory: 1000,
    maxSendHeaderBlockLength: 16 << 20, // as much metadata as a Go daemon sends
  });
  http2.on("error", () => {});
  const call = (path: string, headers?: OutgoingHttpHeaders): PeerCall => openCall(http2, path, headers);
  const unary: SessionPeer["unary"] = async (path, input, request, output) => {
    const rpc = call(path);
    rpc.send(input, request);
    rpc.endRequests();
    const ended = rpc.status();
    ended.catch(() => {});
    const first = await rpc.messages.next();
    const status = await ended;
    if (status.code !== 0 || first.done) throw new PeerCallError(path, status);
    return fromBinary(output, first.value);
  };
  return {
    http2,
    call,
    unary,
    async checkHealth() {
      const path = "/grpc.health.v1.Health/Check";
      return (await unary(path, HealthCheckRequestSchema, {}, HealthCheckResponseSchema)).status;
    },
    async [Symbol.asyncDispose]() {
      const closed = http2.destroyed ? undefined : once(http2, "close");
      http2.destroy();
      await closed;
      socket.destroy();
    },
  };
}

function openCall(http2: ClientHttp2Session, path: string, headers: OutgoingHttpHeaders = {}): PeerCall {
  const stream = http2.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const status = readStatus(stream, path);
  // Whoever does not ask for the status does not want to hear of it.
  status.catch(() => {});
  const sendBytes = (message: Uint8Array): void => void stream.write(encodeFrame(message));
  return {
    stream,
    sendBytes,
    send: (schema, message) => sendBytes(toBinary(schema, create(schema, message))),
    endRequests: () => void stream.end(),
    messages: readFrames(stream),
    status: () => status,
  };
}

function readStatus(stream: ClientHttp2Stream, path: string): Promise<PeerStatus> {
  return new Promise((resolve, reject) => {
    const read = (trailers: IncomingHttpHeaders): void => {
      const code = trailers["grpc-status"];
      if (code === undefined) return;
      const message = decodeURIComponent(`${trailers["grpc-message"] ?? ""}`);
      resolve({ code: Number(code), message, trailers });
    };
    // A response without messages carries the status in its headers.
    stream.on("response", read);
    stream.on("trailers", read);
    stream.on("error", reject);
    stream.on("close", () => {
      const reason =
        stream.rstCode === constants.NGHTTP2_NO_ERROR ? "no status" : `RST_STREAM ${stream.rstCode}`;
      reject(new Error(`${path}: the stream closed with ${reason}`));
    });
  });
}
