// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { type AbortOptions, abortError, listenAbort } from "./abort.js";
import { ProgramStream } from "./command/program-stream.js";
import type { Dialer } from "./dialer.js";
import { TransportError } from "./errors.js";
import { http2SessionOptions, widenConnectionWindow } from "./http2-settings.js";
import { connectError, connectionLostError, connectTimeoutError } from "./node-errors.js";
import { connectTimeoutMs } from "./socket.js";

/** One HTTP/2 connection. It owns the socket; destroying it destroys both. */
export interface Connection {
  readonly session: ClientHttp2Session;
  readonly socket: Duplex;
  /** Whether the TLS handshake carried a certificate of ours. */
  readonly presentedCertificate: boolean;
  /** Bytes the peer has sent since HTTP/2 took over; 0 for a stream that does not count. */
  receivedBytes(): number;
  /** False once the peer said GOAWAY or the connection ended: no new stream may be opened. */
  usable(): boolean;
  /** Ends the connection and every stream on it with this error. */
  destroy(error: Error): void;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
}

/**
 * Dials, and waits until the peer has shown by its SETTINGS frame that it speaks HTTP/2.
 *
 * @throws {TransportError} the dialer's; `BK_NOT_GRPC` when the first answer is something else;
 * `BK_CONNECTION_LOST` when there is none; `BK_CONNECT_TIMEOUT`.
 */
export async function openConnection(dialer: Dialer, { signal }: AbortOptions = {}): Promise<Connection> {
  const socket = await dialer.dial({ signal });
  if (signal?.aborted === true) {
    socket.on("error", () => {});
    socket.destroy();
    signal.throwIfAborted();
  }
  const { endpoint } = dialer;
  const connection = startHttp2(socket, endpoint);
  try {
    await waitForSettings(connection, endpoint, { signal });
    return connection;
  } catch (cause) {
    connection.destroy(abortError(cause));
    signal?.throwIfAborted();
    throw cause;
  }
}

/** Node would end streams of a lost socket as if cancelled, so socket events are heard here first. */
function startHttp2(socket: Duplex, endpoint: string): Connection {
  let session: ClientHttp2Session | undefined;
  const before = bytesRead(socket);
  // Cannot be asked once the socket is gone.
  const presentedCertificate = socket instanceof TLSSocket && hasCertificate(socket);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const onSocketEnd = (cause?: Error): void => {
    if (session?.destroyed === false) session.destroy(connectionLostError(cause, endpoint));
    // The session waits for the socket, and a TLS socket does not close by itself after an alert.
    socket.destroy();
  };
  socket.on("error", onSocketEnd);
  socket.once("close", () => onSocketEnd());
  const scheme = socket instanceof TLSSocket ? "https" : "http";
  const started = connect(`${scheme}://${authority(endpoint)}`, {
    ...http2SessionOptions,
    createConnection: () => socket,
  });
  session = started;
  started.on("error", () => {});
  started.once("close", () => socket.destroy());
  if (socket.destroyed) started.destroy(connectionLostError(undefined, endpoint));
  return {
    session: started,
    socket,
    closed,
    presentedCertificate,
    receivedBytes: () => bytesRead(socket) - before,
    usable: () => !started.closed && !started.destroyed,
    destroy(error) {
      // On a turn of its own, as it resets the streams: see `deferReset`.
      setImmediate(() => {
        started.destroy(error, constants.NGHTTP2_NO_ERROR);
        socket.destroy();
      });
    },
  };
}

async function waitForSettings(
  connection: Connection,
  endpoint: string,
  { signal }: AbortOptions,
): Promise<void> {
  const { session } = connection;
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      stopListening();
      session.off("remoteSettings", onSettings).off("error", fail).off("close", onClose);
    };
    const onSettings = (): void => {
      settle();
      widenConnectionWindow(session);
      resolve();
    };
    const fail = (cause: unknown): void => {
      settle();
      reject(signal?.aborted === true ? signal.reason : greetingError(cause, connection, endpoint));
    };
    const onClose = (): void => fail(undefined);
    const timer = setTimeout(
      () => fail(connectTimeoutError(endpoint, connectTimeoutMs, "the HTTP/2 greeting")),
      connectTimeoutMs,
    );
    session.once("remoteSettings", onSettings).once("error", fail).once("close", onClose);
    const stopListening = listenAbort(signal, fail);
  });
}

/** A TLS alert record, which a TLS server sends to a client that speaks none. */
const tlsAlertBytes = 7;

/** What a failure before the peer's SETTINGS says about the peer. */
function greetingError(cause: unknown, connection: Connection, endpoint: string): TransportError {
  const receivedBytes = connection.receivedBytes();
  const lost = TransportError.is(cause) && cause.code === "BK_CONNECTION_LOST";
  if (TransportError.is(cause) && !lost) return cause;
  if (isHttp2Violation(cause) || receivedBytes > 0) {
    return notHttp2Error(cause, connection.socket instanceof TLSSocket, receivedBytes, endpoint);
  }
  if (connection.presentedCertificate) return refusedCertificateError(cause, endpoint);
  const root = lost ? cause.cause : cause;
  if (root instanceof Error) return connectError(root, endpoint);
  return new TransportError(
    "BK_CONNECTION_LOST",
    `Cannot connect to ${endpoint}: the server closed the connection without an answer. It may still be starting, or it expects TLS or another protocol`,
    { cause, endpoint },
  );
}

function notHttp2Error(
  cause: unknown,
  secured: boolean,
  receivedBytes: number,
  endpoint: string,
): TransportError {
  const hint = secured
    ? "An HTTP/1 server or a proxy listens there"
    : receivedBytes === tlsAlertBytes
      ? "The server expects TLS: give a CA"
      : "An HTTP/1 server or a proxy listens there, or the server expects TLS";
  return new TransportError(
    "BK_NOT_GRPC",
    `Cannot connect to ${endpoint}: the server answered with something other than HTTP/2, which gRPC needs. ${hint}`,
    { cause, endpoint },
  );
}

/** TLS 1.3 tells of it after the handshake, and not every server sends an alert before it hangs up. */
function refusedCertificateError(cause: unknown, endpoint: string): TransportError {
  return new TransportError(
    "BK_TLS_FAILED",
    `Cannot connect to ${endpoint}: the server hung up right after the TLS handshake. It most likely refused the client certificate`,
    { cause, endpoint },
  );
}

function hasCertificate(socket: TLSSocket): boolean {
  const certificate = socket.getCertificate();
  return certificate !== null && Object.keys(certificate).length > 0;
}

function isHttp2Violation(cause: unknown): boolean {
  if (!(cause instanceof Error) || !("code" in cause)) return false;
  return typeof cause.code === "string" && cause.code.startsWith("ERR_HTTP2_");
}

function bytesRead(socket: Duplex): number {
  return socket instanceof Socket || socket instanceof ProgramStream ? socket.bytesRead : 0;
}

/** Host and port of a tcp endpoint; daemons on sockets go by the name gRPC gives them. */
function authority(endpoint: string): string {
  return endpoint.startsWith("tcp://") ? endpoint.slice("tcp://".length) : "localhost";
}
