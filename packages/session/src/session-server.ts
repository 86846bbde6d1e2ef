// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from "node:events";
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerOptions,
} from "node:http2";
import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { grpcCode, http2SessionOptions, watchLiveness, widenConnectionWindow } from "@bk/transport";
import type { Attachable, StreamHandler } from "./attachable.js";
import { connectionLoss } from "./connection-loss.js";
import { SessionError } from "./errors.js";
import { rejectCall } from "./grpc-response.js";
import { serveStreamCall } from "./stream-call.js";
import { loadUnaryHandler } from "./unary-handler.js";

/** Streams that the daemon may have open at a time: what Go's session server allows. */
const MAX_CONCURRENT_STREAMS = 250;

const SERVER_OPTIONS: ServerOptions = {
  ...http2SessionOptions,
  settings: { ...http2SessionOptions.settings, maxConcurrentStreams: MAX_CONCURRENT_STREAMS },
};

export interface ServeOptions {
  readonly attachables: readonly Attachable[];
  /** Named in errors. */
  readonly endpoint: string;
  readonly onFailure?: ((error: Error) => void) | undefined;
}

/** A session that is being served on one connection. */
export interface SessionConnection {
  /**
   * Resolves when the connection has ended: with the reason when it was lost (`BK_SESSION_LOST`, or
   * `BK_REQUEST_TOO_LARGE`, which ends it), with nothing after `close()` or when the daemon ended it in order. Never
   * rejects.
   */
  readonly closed: Promise<Error | undefined>;
  close(): Promise<void>;
}

/** Turns the roles round on a dialed connection: the daemon becomes the HTTP/2 client, this side the server. */
export function serveConnection(connection: Duplex, options: ServeOptions): SessionConnection {
  const streams = collectStreams(options.attachables);
  const announced = new Set(options.attachables.flatMap((attachable) => attachable.methods));
  const ended = new AbortController();
  setMaxListeners(0, ended.signal); // one for each call under way
  const fail = once(options.onFailure ?? (() => {}));
  const unary = loadUnaryHandler(options.attachables, { fail });
  const server = createServer(SERVER_OPTIONS);
  let session: ServerHttp2Session | undefined;
  let closing = false;
  let lost: Error | undefined;

  const closed = new Promise<Error | undefined>((resolve) => {
    const onClose = () => {
      const reason = closing ? undefined : lost;
      ended.abort(reason ?? new SessionError("BK_SESSION_CLOSED", "The session has ended"));
      resolve(reason);
    };
    if (connection.destroyed) onClose();
    else connection.once("close", onClose);
  });
  const lose = (cause: Error) => {
    lost ??= connectionLoss(options.endpoint, cause);
  };

  connection.on("error", lose);
  server.on("sessionError", lose);
  server.on("session", (opened) => {
    session = opened;
    widenConnectionWindow(opened);
    const watch = watchLiveness(opened, connection, { endpoint: options.endpoint, onLost: lose });
    opened.once("close", () => {
      watch[Symbol.dispose]();
      connection.destroy();
    });
  });
  server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const path = request.url;
    const handler = streams.get(path);
    if (handler) serveStreamCall(handler, request, response, ended.signal, fail);
    else if (announced.has(path)) unary(request, response);
    else rejectCall(response.stream, { code: grpcCode.unimplemented, message: `${path} is not offered` });
  });
  if (!connection.destroyed) server.emit("connection", connection);

  async function close(): Promise<void> {
    closing = true;
    // Not from inside Node's reading of HTTP/2: its streams are reset, see `deferReset` in @bk/transport.
    await nextTurn();
    session?.destroy();
    connection.destroy();
    await closed;
  }
  return { closed, close };
}

function collectStreams(attachables: readonly Attachable[]): ReadonlyMap<string, StreamHandler> {
  return new Map(attachables.flatMap((attachable) => Object.entries(attachable.streams ?? {})));
}

function once(report: (error: Error) => void): (error: Error) => void {
  let reported = false;
  return (error) => {
    if (reported) return;
    reported = true;
    report(error);
  };
}
