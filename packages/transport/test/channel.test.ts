// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { leakCheck, waitUntil } from "@bk/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Channel, createChannel } from "../src/channel.js";
import type { Dialer } from "../src/dialer.js";
import { createTcpDialer } from "../src/tcp-dialer.js";
import { createAcceptQueue } from "./helpers/accept-queue.js";
import { catchTransportError } from "./helpers/catch-error.js";
import {
  echo,
  startHttp2Server,
  startHttpServer,
  startRawServer,
  type TestServer,
} from "./helpers/servers.js";

function channelTo({ port }: TestServer): Channel {
  return createChannel(createTcpDialer({ host: "127.0.0.1", port }));
}

/** The error a stream ends with. */
async function failure(stream: ClientHttp2Stream): Promise<Error> {
  const [error] = await once(stream, "error");
  return error;
}

async function call(channel: Channel, body: string): Promise<string> {
  const stream = await channel.openStream("/echo.Echo/Say");
  // The channel may be closed between the last byte and the trailers.
  stream.on("error", () => {});
  stream.end(body);
  return text(stream);
}

describe("createChannel()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test("dials at the first call and shares the connection", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    expect(server.sessions).toHaveLength(0);
    const answers = await Promise.all(["a", "b", "c"].map((body) => call(channel, body)));
    expect(answers).toEqual(["a", "b", "c"]);
    expect(await call(channel, "d")).toBe("d");
    expect(server.sessions).toHaveLength(1);
  });

  test("says that the connection was lost when a header broke HTTP/2", async () => {
    await using server = await startHttp2Server();
    await using channel = channelTo(server);
    const stream = await channel.openStream("/echo.Echo/Say");
    const failed = failure(stream);
    // As Node 22 does it. Node 20 says nothing at all.
    const cause = Object.assign(new Error("Protocol error"), { code: "ERR_HTTP2_ERROR" });
    stream.destroy(cause);
    expect(await failed).toMatchObject({ code: "BK_CONNECTION_LOST", cause });
  });

  test("sends gRPC's headers, and one header per value", async () => {
    const received: { headers: unknown; raw: readonly string[] }[] = [];
    await using server = await startHttp2Server((stream, headers, raw) => {
      received.push({ headers, raw });
      echo(stream);
    });
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C", {
      headers: { "X-Method": ["one", "two, three"], plain: "x" },
    });
    stream.end();
    stream.resume();
    await once(stream, "close");
    expect(received[0]?.headers).toMatchObject({
      ":method": "POST",
      ":path": "/a.B/C",
      "content-type": "application/grpc+proto",
      te: "trailers",
      plain: "x",
    });
    const raw = received[0]?.raw ?? [];
    const values = raw.filter((_, index) => index % 2 === 1 && raw[index - 1] === "x-method");
    expect(values).toEqual(["one", "two, three"]);
  });

  test("takes more header pairs than Node does by default", async () => {
    await using server = await startHttp2Server((stream) => {
      const pairs = Array.from({ length: 300 }, (_, index) => [`x-${index}`, "v"]);
      stream.respond({ ":status": 200, ...Object.fromEntries(pairs) });
      stream.end();
    });
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    const [headers] = await once(stream, "response");
    expect(headers["x-299"]).toBe("v");
    stream.close();
    await once(stream, "close");
  });

  test("moves 64 MiB through a call", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const chunk = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < 64; sent++) if (!stream.write(chunk)) await once(stream, "drain");
    stream.end();
    await once(stream, "close");
    expect(bytes).toBe(64 * 1024 * 1024);
  });

  test("gives a call up with CANCEL, which rejects with the reason", async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream) => {
      streams.push(stream);
      stream.respond({ ":status": 200 });
    });
    await using channel = channelTo(server);
    const controller = new AbortController();
    const stream = await channel.openStream("/a.B/C", { signal: controller.signal });
    const reason = new Error("enough");
    stream.once("response", () => controller.abort(reason));
    expect(await failure(stream)).toBe(reason);
    await waitUntil(() => streams[0]?.closed);
    expect(streams[0]?.rstCode).toBe(8);
    await channel.connect();
    expect(server.sessions).toHaveLength(1);
  });

  test("rejects with the reason when aborted before and during the dial", async () => {
    const { dialer, queue } = manualDialer();
    await using channel = createChannel(dialer);
    const reason = new Error("enough");
    await expect(channel.connect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(queue.signals).toHaveLength(0);
    const controller = new AbortController();
    const connecting = channel.connect({ signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(queue.signals[0]?.aborted).toBe(true);
  });

  test("goes on dialing for the others when one caller gives up", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const controller = new AbortController();
    const impatient = channel.connect({ signal: controller.signal });
    const patient = call(channel, "still here");
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    expect(await patient).toBe("still here");
    expect(server.sessions).toHaveLength(1);
  });

  test("tells every waiting caller why the dial failed, and dials anew for the next", async () => {
    await using server = await startHttp2Server(echo);
    const real = createTcpDialer({ host: "127.0.0.1", port: server.port });
    let dials = 0;
    const flaky: Dialer = {
      endpoint: real.endpoint,
      async dial(options) {
        dials += 1;
        if (dials === 1) throw new Error("not yet");
        return real.dial(options);
      },
    };
    await using channel = createChannel(flaky);
    const attempts = await Promise.allSettled([channel.connect(), channel.connect()]);
    expect(attempts.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(dials).toBe(1);
    expect(await call(channel, "now")).toBe("now");
  });

  test("ends calls of a lost connection with a typed error, and dials again", async () => {
    await using server = await startHttp2Server((stream) => echo(stream));
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    stream.write("x");
    await once(stream, "response");
    const failed = failure(stream);
    for (const socket of server.sockets) socket.destroy();
    expect(await failed).toMatchObject({ code: "BK_CONNECTION_LOST", endpoint: channel.endpoint });
    expect(await call(channel, "again")).toBe("again");
    expect(server.sessions).toHaveLength(2);
  });

  test("ends calls of a reset connection with a typed error", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    stream.write("x");
    await once(stream, "response");
    const failed = failure(stream);
    for (const socket of server.sockets) socket.resetAndDestroy();
    expect(await failed).toMatchObject({ code: "BK_CONNECTION_LOST" });
  });

  test("lets running calls end after GOAWAY, and opens new ones elsewhere", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const running = await channel.openStream("/a.B/C");
    running.on("error", () => {});
    running.write("first ");
    await once(running, "response");
    server.sessions[0]?.goaway(0);
    await waitUntil(() => running.session?.closed);
    expect(await call(channel, "new")).toBe("new");
    expect(server.sessions).toHaveLength(2);
    running.end("last");
    expect(await text(running)).toBe("first last");
  });

  test("ends calls after GOAWAY with an error, and dials again", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    stream.write("x");
    await once(stream, "response");
    const failed = failure(stream);
    server.sessions[0]?.goaway(11);
    expect(await failed).toBeInstanceOf(Error);
    expect(await call(channel, "again")).toBe("again");
  });

  test("reset() ends calls with its reason; the next call dials again", async () => {
    await using server = await startHttp2Server(echo);
    await using channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    const failed = failure(stream);
    const reason = new Error("network changed");
    channel.reset(reason);
    expect(await failed).toBe(reason);
    expect(await call(channel, "again")).toBe("again");
  });

  test("close() ends calls, refuses new ones, and may be called again", async () => {
    await using server = await startHttp2Server(echo);
    const channel = channelTo(server);
    const stream = await channel.openStream("/a.B/C");
    const failed = failure(stream);
    await Promise.all([channel.close(), channel.close()]);
    expect(await failed).toMatchObject({ code: "BK_CLOSED" });
    const error = await catchTransportError(channel.openStream("/a.B/C"));
    expect(error.code).toBe("BK_CLOSED");
    expect(error.retryable).toBe(false);
    await channel.close();
  });

  test("close() ends a dial", async () => {
    const { dialer, queue } = manualDialer();
    const channel = createChannel(dialer);
    const connecting = catchTransportError(channel.connect());
    await channel.close();
    expect((await connecting).code).toBe("BK_CLOSED");
    expect(queue.signals[0]?.aborted).toBe(true);
  });

  test("speaks over any stream, not only sockets", async () => {
    await using server = await startHttp2Server(echo);
    const real = createTcpDialer({ host: "127.0.0.1", port: server.port });
    const { Duplex: DuplexClass } = await import("node:stream");
    const wrapped: Dialer = {
      endpoint: "tunnel",
      async dial(options): Promise<Duplex> {
        const socket = await real.dial(options);
        return DuplexClass.from({ readable: socket, writable: socket });
      },
    };
    await using channel = createChannel(wrapped);
    expect(await call(channel, "tunnel")).toBe("tunnel");
  });
});

describe("createChannel() and a server that is no BuildKit", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["an HTTP/1 server", () => startHttpServer((_request, response) => response.end("hello"))],
    ["an HTTP/1 answer", () => startRawServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))],
    ["another protocol", () => startRawServer((socket) => socket.write("220 mail.example ESMTP ready\r\n"))],
    ["a short answer", () => startRawServer((socket) => socket.end("hi"))],
  ])("tells %s at once", async (_name, start) => {
    await using server = await start();
    await using channel = channelTo(server);
    const error = await catchTransportError(channel.connect());
    expect(error.code).toBe("BK_NOT_GRPC");
    expect(error.retryable).toBe(false);
    expect(error.message).toContain(channel.endpoint);
    expect(error.message).toContain("HTTP/1 server");
  });

  test("takes a server that hangs up for one that is starting", async () => {
    await using server = await startRawServer((socket) => socket.destroy());
    await using channel = channelTo(server);
    const error = await catchTransportError(channel.connect());
    expect(error.code).toBe("BK_CONNECTION_LOST");
    expect(error.retryable).toBe(true);
  });

  test("gives up on a server that says nothing after 20 s", async () => {
    const queue = createAcceptQueue();
    await using server = await startRawServer(queue.push);
    await using channel = channelTo(server);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const connecting = catchTransportError(channel.connect());
    const socket = await queue.next();
    await once(socket, "readable");
    await vi.advanceTimersByTimeAsync(20_000);
    const error = await connecting;
    expect(error.code).toBe("BK_CONNECT_TIMEOUT");
    expect(error.message).toContain("HTTP/2 greeting");
  });
});

/** A dialer that only ever waits, and shows the signals it was given. */
function manualDialer() {
  const signals: AbortSignal[] = [];
  const dialer: Dialer = {
    endpoint: "test",
    dial({ signal } = {}) {
      return new Promise((_, reject) => {
        if (signal === undefined) return;
        signals.push(signal);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  };
  return { dialer, queue: { signals } };
}
