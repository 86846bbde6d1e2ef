// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { leakCheck, waitUntil } from "@bk/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createChannel } from "../src/channel.js";
import type { TransportError } from "../src/errors.js";
import { watchLiveness } from "../src/liveness.js";
import { createTcpDialer } from "../src/tcp-dialer.js";
import { type Http2TestServer, startHttp2Server } from "./helpers/servers.js";

const endpoint = "tcp://test:1";

interface Link extends AsyncDisposable {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  readonly server: Http2TestServer;
  readonly pings: () => number;
  /** From now on nothing arrives. */
  silence(): void;
}

async function openLink(): Promise<Link> {
  const server = await startHttp2Server();
  const socket = connectSocket(server.port, "127.0.0.1");
  const session = connect("http://test", { createConnection: () => socket });
  session.on("error", () => {});
  await once(session, "remoteSettings");
  const ping = vi.spyOn(session, "ping");
  return {
    session,
    socket,
    server,
    pings: () => ping.mock.calls.length,
    silence: () => {
      for (const peer of server.sockets) peer.pause();
      vi.spyOn(socket, "bytesRead", "get").mockReturnValue(socket.bytesRead);
    },
    async [Symbol.asyncDispose]() {
      session.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

function useFakeInterval(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
}

describe("watchLiveness()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("sends one PING after 20 s of silence and gives up after 20 s more", async () => {
    await using link = await openLink();
    useFakeInterval();
    const lost: TransportError[] = [];
    link.silence();
    watchLiveness(link.session, link.socket, { endpoint, onLost: (error) => lost.push(error) });
    vi.advanceTimersByTime(19_000);
    expect(link.pings()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(link.pings()).toBe(1);
    vi.advanceTimersByTime(19_000);
    expect(link.pings()).toBe(1);
    expect(link.session.destroyed).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(link.session.destroyed).toBe(true);
    expect(link.socket.destroyed).toBe(true);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ code: "BK_CONNECTION_LOST", endpoint });
    expect(lost[0]?.message).toContain("40 s");
  });

  test("takes any inbound byte as a sign of life", async () => {
    await using link = await openLink();
    useFakeInterval();
    let bytes = 0;
    vi.spyOn(link.socket, "bytesRead", "get").mockImplementation(() => bytes);
    watchLiveness(link.session, link.socket, { endpoint });
    for (let second = 0; second < 100; second += 5) {
      vi.advanceTimersByTime(5_000);
      bytes += 1;
    }
    expect(link.pings()).toBe(0);
    expect(link.session.destroyed).toBe(false);
  });

  test("is satisfied by the answer to its PING", async () => {
    await using link = await openLink();
    useFakeInterval();
    watchLiveness(link.session, link.socket, { endpoint });
    const before = link.socket.bytesRead;
    // The answer to the client's SETTINGS may still arrive in the first second.
    vi.advanceTimersByTime(21_000);
    expect(link.pings()).toBe(1);
    await waitUntil(() => link.socket.bytesRead > before);
    vi.advanceTimersByTime(19_000);
    expect(link.session.destroyed).toBe(false);
  });

  test("takes a busy event loop for no silence", async () => {
    await using link = await openLink();
    link.silence();
    // Real timers: a second's tick is late by the whole stretch, and counts once.
    using _watch = watchLiveness(link.session, link.socket, { endpoint, silenceMs: 20 });
    const end = Date.now() + 200;
    while (Date.now() < end);
    await new Promise(setImmediate);
    expect(link.session.destroyed).toBe(false);
  });

  test("stops when disposed", async () => {
    await using link = await openLink();
    useFakeInterval();
    link.silence();
    const watch = watchLiveness(link.session, link.socket, { endpoint });
    watch[Symbol.dispose]();
    watch[Symbol.dispose]();
    vi.advanceTimersByTime(100_000);
    expect(link.session.destroyed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("stops when the session ends", async () => {
    await using link = await openLink();
    useFakeInterval();
    watchLiveness(link.session, link.socket, { endpoint });
    link.session.destroy();
    await once(link.session, "close");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("counts the chunks of a stream that is no socket", async () => {
    const server = await startHttp2Server();
    const inner = connectSocket(server.port, "127.0.0.1");
    const tunnel = Duplex.from({ readable: inner, writable: inner });
    const session = connect("http://test", { createConnection: () => tunnel });
    session.on("error", () => {});
    await once(session, "remoteSettings");
    useFakeInterval();
    const ping = vi.spyOn(session, "ping");
    watchLiveness(session, tunnel, { endpoint });
    vi.advanceTimersByTime(19_000);
    const seen = once(tunnel, "data");
    server.sessions[0]?.ping(() => {});
    await seen;
    vi.advanceTimersByTime(19_000);
    expect(ping).not.toHaveBeenCalled();
    session.destroy();
    inner.destroy();
    await server[Symbol.asyncDispose]();
  });
});

describe("Channel.watchLiveness()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("finds a silent daemon while somebody holds it, on this and later connections", async () => {
    await using server = await startHttp2Server();
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    useFakeInterval();
    const first = channel.watchLiveness();
    const second = channel.watchLiveness();
    await channel.connect();
    expect(vi.getTimerCount()).toBe(1);
    channel.reset(new Error("again"));
    await channel.connect();
    await waitUntil(() => vi.getTimerCount() === 1);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(1);
    second[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends the calls of a silent connection", async () => {
    await using server = await startHttp2Server();
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    useFakeInterval();
    using _watch = channel.watchLiveness();
    const stream = await channel.openStream("/a.B/C");
    const failed = once(stream, "error");
    await waitUntil(() => server.sessions.length === 1);
    for (const socket of server.sockets) socket.pause();
    vi.spyOn(server.sessions[0] ?? expect.fail(), "ping");
    vi.advanceTimersByTime(60_000);
    expect((await failed)[0]).toMatchObject({ code: "BK_CONNECTION_LOST" });
  });
});
