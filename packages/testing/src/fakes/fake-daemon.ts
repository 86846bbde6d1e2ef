// SPDX-License-Identifier: Apache-2.0
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
} from "node:tls";

import { type ListenKind, listen } from "../listen.js";
import { createFakeCall, type FakeCall, type FakeHandler } from "./fake-call.js";

const UNIMPLEMENTED = 12;

export interface FakeDaemonOptions {
  /** "unix" unless given. */
  readonly listen?: ListenKind | undefined;
  /** Certificate and key, to speak TLS. */
  readonly tls?: SecureContextOptions | undefined;
  /** By path, such as "/moby.buildkit.v1.Control/Info". Other calls end with Unimplemented. */
  readonly handlers?: Readonly<Record<string, FakeHandler>> | undefined;
}

/** A gRPC server whose every answer is the test's. */
export interface FakeDaemon extends AsyncDisposable {
  /** In the form of BUILDKIT_HOST. */
  readonly address: string;
  /** Every call so far, in the order of arrival. */
  readonly calls: readonly FakeCall[];
  /** How many connections were accepted so far. */
  readonly connections: number;
  /** Sets the handler of one path for the calls that come. */
  handle(path: string, handler: FakeHandler): void;
  /** Resolves with the first call of a path, past or to come. */
  waitForCall(path: string): Promise<FakeCall>;
  /** Serves a connection that came by another way, such as a Docker upgrade. */
  accept(socket: Duplex): void;
  /** Sends GOAWAY on every connection. */
  goaway(code?: number): void;
  /** Destroys every connection. */
  cutConnections(): void;
}

export async function startFakeDaemon(options: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const handlers = new Map(Object.entries(options.handlers ?? {}));
  const calls: FakeCall[] = [];
  const waiting: { path: string; resolve: (call: FakeCall) => void }[] = [];
  const { server, sessions } = createHttp2Server((call) => {
    calls.push(call);
    for (const { path, resolve } of waiting) if (path === call.path) resolve(call);
    void answer(call, handlers.get(call.path));
  });
  const accept = (socket: Duplex): void => {
    server.emit("connection", socket);
  };
  const tls = options.tls && createTlsAcceptor(options.tls, accept);
  const listener = await listen(options.listen ?? "unix", (socket) => {
    if (tls) tls.emit("connection", socket);
    else accept(socket);
  });
  const cut = (): void => {
    for (const session of sessions) session.destroy();
    listener.cut();
  };
  return {
    address: listener.address,
    calls,
    get connections(): number {
      return listener.accepted;
    },
    handle: (path, handler) => void handlers.set(path, handler),
    waitForCall(path) {
      const past = calls.find((call) => call.path === path);
      return past ? Promise.resolve(past) : new Promise((resolve) => waiting.push({ path, resolve }));
    },
    accept,
    goaway(code) {
      for (const session of sessions) session.goaway(code);
    },
    cutConnections: cut,
    async [Symbol.asyncDispose]() {
      cut();
      await listener[Symbol.asyncDispose]();
    },
  };
}

function createHttp2Server(onCall: (call: FakeCall) => void): {
  server: Http2Server;
  sessions: Set<ServerHttp2Session>;
} {
  const sessions = new Set<ServerHttp2Session>();
  // As generous as a Go server: a limit of Node's must not stand in for one of the daemon's.
  const server = createServer({
    maxSessionMemory: 1000,
    maxHeaderListPairs: 100_000,
    maxSendHeaderBlockLength: 16 << 20,
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => session.destroy());
    session.on("close", () => sessions.delete(session));
  });
  server.on("sessionError", () => {});
  server.on(
    "stream",
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      stream.on("error", () => {});
      onCall(createFakeCall(stream, `${headers[":path"]}`, rawHeaders));
    },
  );
  return { server, sessions };
}

async function answer(call: FakeCall, handler: FakeHandler | undefined): Promise<void> {
  try {
    if (handler) await handler(call);
    else call.end({ status: UNIMPLEMENTED, message: `the fake daemon has no handler for ${call.path}` });
  } catch (error) {
    // The caller sees it as its RPC's failure, and the test with it.
    call.end({ status: 2, message: `fake daemon: ${String(error)}` });
  }
}

/** A TLS server that never listens: it takes over connections that are there. */
function createTlsAcceptor(options: SecureContextOptions, onSecure: (socket: Duplex) => void): TlsServer {
  const server = createTlsServer({ ...options, ALPNProtocols: ["h2"] }, onSecure);
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}
