// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import {
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Listens on a free port of 127.0.0.1, or on a socket path; dispose also cuts what is connected. */
export async function listen(server: Server, path?: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  const address = server.address() as AddressInfo | string;
  return {
    port: typeof address === "string" ? 0 : address.port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** A TCP server that treats each connection as the test says. */
export async function startRawServer(
  onConnection: (socket: Socket) => void,
  path?: string,
): Promise<TestServer> {
  return listen(createServer({ allowHalfOpen: true }, onConnection), path);
}

export interface Http2TestServer extends TestServer {
  readonly sessions: ServerHttp2Session[];
  /** Gives it a connection that came some other way. */
  adopt(socket: Duplex): void;
}

/** A plaintext HTTP/2 server. */
export async function startHttp2Server(
  onStream: (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: string[],
  ) => void = () => {},
): Promise<Http2TestServer> {
  const server = createHttp2Server({ settings: { initialWindowSize: 1024 * 1024 } });
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => {});
  });
  server.on(
    "stream",
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      stream.on("error", () => {});
      onStream(stream, headers, rawHeaders);
    },
  );
  const listening = await listen(server);
  return { ...listening, sessions, adopt: (socket) => void server.emit("connection", socket) };
}

/** Ends a call with a status, after echoing its body. */
export function echo(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.pipe(stream);
}

/** An HTTP/1.1 server. */
export async function startHttpServer(onRequest: RequestListener, path?: string): Promise<TestServer> {
  return listen(createHttpServer(onRequest), path);
}

/** Docker's HTTP/1.1 side: upgrades every POST and hands over the connection. */
export async function startFakeDocker(
  onUpgrade: (socket: Duplex, request: { readonly path: string; readonly rawHeaders: string[] }) => void,
  path?: string,
): Promise<TestServer> {
  const server: HttpServer = createHttpServer((_request, response) => {
    response.setHeader("Api-Version", "1.51").end("OK");
  });
  server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    onUpgrade(socket, { path: request.url ?? "", rawHeaders: request.rawHeaders });
  });
  return listen(server, path);
}
