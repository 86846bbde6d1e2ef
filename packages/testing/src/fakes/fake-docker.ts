// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";

import { type ListenKind, listen } from "../listen.js";
import type { FakeDaemon } from "./fake-daemon.js";

const HTTP2_PREFACE = "PRI * HTTP/2.0";

/** What happens to an upgrade request. */
export type UpgradeReply =
  /** 101; `leftover` follows in the same write, as bytes that belong to the new protocol. */
  | {
      readonly kind: "switch";
      readonly leftover?: Uint8Array;
      onSocket(socket: Duplex, request: IncomingMessage): void;
    }
  /** An HTTP answer instead. */
  | {
      readonly kind: "refuse";
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
    }
  /** These bytes, whatever they are; the connection stays open. */
  | { readonly kind: "raw"; readonly bytes: string | Uint8Array }
  /** No answer. */
  | { readonly kind: "hang" }
  /** The connection is closed without an answer. */
  | { readonly kind: "close" };

export interface LoadedImage {
  readonly body: Buffer;
  readonly request: IncomingMessage;
}

export interface FakeDockerOptions {
  /** "unix" unless given. */
  readonly listen?: ListenKind | undefined;
  /** Api-Version header of /_ping; "1.51" unless given. */
  readonly apiVersion?: string | undefined;
  /** Answer of /_ping as bytes on the wire, instead of an OK. */
  readonly ping?: UpgradeReply | undefined;
  /** By path without the version prefix: "/grpc", "/session". Other upgrades are refused with 404. */
  readonly upgrades?: Readonly<Record<string, UpgradeReply>> | undefined;
  /** Serves connections that speak HTTP/2 at once, as Docker 29.2 and later. */
  readonly http2?: FakeDaemon | undefined;
  /** What POST /images/load answers, after the body, with status 200. */
  readonly loadAnswer?: string | undefined;
}

/** An HTTP/1.1 server that answers as a Docker daemon, or as anything else that stands behind its socket. */
export interface FakeDocker extends AsyncDisposable {
  /** In the form of DOCKER_HOST. */
  readonly address: string;
  /** Every request, upgrades too, in the order of arrival. */
  readonly requests: readonly IncomingMessage[];
  /** Resolves with the first request of a path, past or to come. */
  waitForRequest(path: string): Promise<IncomingMessage>;
  /** What was loaded, whole bodies only. */
  readonly loaded: readonly LoadedImage[];
  cutConnections(): void;
}

export async function startFakeDocker(options: FakeDockerOptions = {}): Promise<FakeDocker> {
  const requests: IncomingMessage[] = [];
  const waiting: { path: string; resolve: (request: IncomingMessage) => void }[] = [];
  const record = (request: IncomingMessage): void => {
    requests.push(request);
    for (const { path, resolve } of waiting) if (path === pathOf(request)) resolve(request);
  };
  const loaded: LoadedImage[] = [];
  const server = createServer();
  server.on("request", (request, response) => {
    record(request);
    void answer(request, response, options, loaded);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    record(request);
    reply(socket, request, options.upgrades?.[pathOf(request)] ?? { kind: "refuse", status: 404 });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  const listener = await listen(options.listen ?? "unix", (socket) => route(socket, server, options.http2));
  return {
    address: listener.address,
    requests,
    waitForRequest(path) {
      const past = requests.find((request) => pathOf(request) === path);
      return past ? Promise.resolve(past) : new Promise((resolve) => waiting.push({ path, resolve }));
    },
    loaded,
    cutConnections: () => listener.cut(),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: FakeDockerOptions,
  loaded: LoadedImage[],
): Promise<void> {
  const path = pathOf(request);
  if (path === "/_ping") {
    if (options.ping) return reply(request.socket, request, options.ping);
    response.setHeader("Api-Version", options.apiVersion ?? "1.51");
    response.end(request.method === "HEAD" ? "" : "OK");
  } else if (path === "/images/load") {
    // A body that breaks off is no image; the connection is gone then.
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    loaded.push({ body, request });
    response.setHeader("content-type", "application/json");
    response.end(options.loadAnswer ?? '{"stream":"Loaded"}\n');
  } else {
    response.writeHead(404, { "content-type": "application/json" }).end('{"message":"page not found"}');
  }
}

/** "/v1.51/grpc?x=1" -> "/grpc". */
function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://docker").pathname.replace(/^\/v\d+\.\d+(?=\/)/, "");
}

function route(socket: Socket, server: Server, http2: FakeDaemon | undefined): void {
  if (http2 === undefined) {
    server.emit("connection", socket);
    return;
  }
  socket.once("data", (first: Buffer) => {
    socket.pause();
    socket.unshift(first);
    if (first.toString("latin1").startsWith(HTTP2_PREFACE)) http2.accept(socket);
    else server.emit("connection", socket);
    process.nextTick(() => socket.resume());
  });
}

function reply(socket: Duplex, request: IncomingMessage, answer: UpgradeReply): void {
  socket.on("error", () => socket.destroy());
  switch (answer.kind) {
    case "switch": {
      const head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
      socket.write(Buffer.concat([Buffer.from(head), answer.leftover ?? Buffer.alloc(0)]));
      answer.onSocket(socket, request);
      return;
    }
    case "refuse": {
      const body = answer.body ?? '{"message":"refused"}';
      const type = answer.contentType ?? "application/json";
      const head = `HTTP/1.1 ${answer.status} Refused\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}`;
      socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
      return;
    }
    case "raw":
      socket.write(answer.bytes);
      return;
    case "hang":
      return;
    case "close":
      socket.destroy();
  }
}
