// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { createTestPki, leakCheck, tmpDir, waitUntil } from "@bk/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createChannel } from "../../src/channel.js";
import type { DockerEndpoint } from "../../src/docker/endpoint.js";
import { createDockerUpgradeDialer } from "../../src/docker/upgrade-dialer.js";
import { catchTransportError } from "../helpers/catch-error.js";
import {
  echo,
  listen,
  startFakeDocker,
  startHttp2Server,
  startRawServer,
  type TestServer,
} from "../helpers/servers.js";

function endpointOf({ port }: TestServer): DockerEndpoint {
  return { address: { kind: "tcp", host: "127.0.0.1", port }, source: "test" };
}

/** Answers the request's head with these bytes. */
function answering(text: string, then: (socket: Socket) => void = () => {}): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => {
      socket.write(text);
      then(socket);
    });
  };
}

async function refusal(onConnection: (socket: Socket) => void) {
  await using server = await startRawServer(onConnection);
  const dialer = createDockerUpgradeDialer({ endpoint: endpointOf(server), path: "/grpc" });
  const error = await catchTransportError(dialer.dial());
  expect(error.endpoint).toBe(`tcp://127.0.0.1:${server.port}`);
  expect(error.message).toContain(error.endpoint);
  return error;
}

describe("createDockerUpgradeDialer()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test("asks for HTTP/2, with one header line per value", async () => {
    const requests: { path: string; rawHeaders: string[] }[] = [];
    await using server = await startFakeDocker((_socket, request) => requests.push(request));
    const dialer = createDockerUpgradeDialer({
      endpoint: endpointOf(server),
      path: "/session",
      headers: {
        "X-Docker-Expose-Session-Uuid": ["abc"],
        "X-Docker-Expose-Session-Grpc-Method": ["/a.B/C", "/a.B/D"],
      },
    });
    const socket = await dialer.dial();
    socket.destroy();
    const [request] = requests;
    expect(request?.path).toBe("/session");
    const lines: string[] = [];
    for (let index = 0; index < (request?.rawHeaders.length ?? 0); index += 2) {
      lines.push(`${request?.rawHeaders[index]}: ${request?.rawHeaders[index + 1]}`.toLowerCase());
    }
    expect(lines).toEqual(
      expect.arrayContaining([
        "upgrade: h2c",
        "connection: upgrade",
        "x-docker-expose-session-uuid: abc",
        "x-docker-expose-session-grpc-method: /a.b/c",
        "x-docker-expose-session-grpc-method: /a.b/d",
      ]),
    );
    // A chunked body's end would be read as HTTP/2.
    expect(lines.join()).not.toContain("chunked");
  });

  test("carries a channel, and does not lose what came with the answer", async () => {
    await using http2 = await startHttp2Server(echo);
    await using server = await startRawServer((socket) => {
      socket.once("data", () => {
        // One segment: the answer's head and the server's first HTTP/2 frame, a SETTINGS frame.
        socket.cork();
        socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
        http2.adopt(socket);
        process.nextTick(() => socket.uncork());
      });
    });
    const dialer = createDockerUpgradeDialer({ endpoint: endpointOf(server), path: "/grpc" });
    await using channel = createChannel(dialer);
    const stream = await channel.openStream("/a.B/C");
    stream.end("hello");
    let answer = "";
    stream.on("data", (chunk: Buffer) => {
      answer += chunk;
    });
    await once(stream, "close");
    expect(answer).toBe("hello");
  });

  test("hands over the bytes behind the head", async () => {
    await using server = await startRawServer(
      answering("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nleftover"),
    );
    const socket = await createDockerUpgradeDialer({ endpoint: endpointOf(server), path: "/grpc" }).dial();
    expect(String((await once(socket, "data"))[0])).toBe("leftover");
    socket.destroy();
  });

  test("works inside TLS", async () => {
    await using dir = await tmpDir();
    const pki = await createTestPki(dir.path);
    const tlsServer = createTlsServer({
      cert: pki.server.cert,
      key: pki.server.key,
      ALPNProtocols: ["http/1.1"],
    });
    tlsServer.on(
      "secureConnection",
      answering("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
    );
    await using server = await listen(tlsServer);
    const endpoint = { ...endpointOf(server), tls: { ca: pki.ca.cert } };
    const socket = await createDockerUpgradeDialer({ endpoint, path: "/grpc" }).dial();
    socket.destroy();
  });

  test.each([
    [400, "Upgrade header"],
    [403, "forbids it"],
    [404, "no Docker Engine"],
    [503, "starting"],
    [302, "proxy"],
  ])("reports status %i with what Docker said", async (status, hint) => {
    const body = JSON.stringify({ message: "not here" });
    const error = await refusal(
      answering(
        `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    );
    expect(error).toMatchObject({ code: "BK_UPGRADE_REFUSED", status, body, retryable: false });
    expect(error.message).toContain(`status ${status}`);
    expect(error.message).toContain('"not here"');
    expect(error.message).toContain(hint);
  });

  test("keeps 1 KiB of a web page, and hangs up on the rest", async () => {
    const page = `<html>\u001b[31m${"x".repeat(100_000)}`;
    const error = await refusal(answering(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${page}`));
    expect(error).toMatchObject({ code: "BK_UPGRADE_REFUSED", status: 200 });
    expect(error.body).toHaveLength(1024);
    expect(error.message.length).toBeLessThan(600);
    expect(error.message).not.toContain("\u001b");
  });

  test.each([
    ["names no protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["names another protocol", "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ])("refuses a 101 that %s", async (_what, answer) => {
    const error = await refusal(answering(answer));
    expect(error).toMatchObject({ code: "BK_UPGRADE_REFUSED", status: 101 });
  });

  test("says so when the answer is no HTTP", async () => {
    const error = await refusal(answering("220 mail.example ESMTP ready\r\n"));
    expect(error.code).toBe("BK_UPGRADE_REFUSED");
    expect(error.message).toContain("not HTTP/1.1");
  });

  test("takes a server that hangs up for one that is starting", async () => {
    const error = await refusal((socket) => socket.once("data", () => socket.end()));
    expect(error.code).toBe("BK_CONNECTION_LOST");
    expect(error.retryable).toBe(true);
  });

  test("rejects with the reason when aborted while the server is silent", async () => {
    await using server = await startRawServer((socket) => socket.resume());
    const controller = new AbortController();
    const dialer = createDockerUpgradeDialer({ endpoint: endpointOf(server), path: "/grpc" });
    const dialing = dialer.dial({ signal: controller.signal });
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(dialing).rejects.toBe(reason);
  });

  test("gives up on a silent server after 20 s", async () => {
    await using server = await startRawServer((socket) => socket.resume());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const dialer = createDockerUpgradeDialer({ endpoint: endpointOf(server), path: "/grpc" });
    const dialing = catchTransportError(dialer.dial());
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await dialing).code).toBe("BK_CONNECT_TIMEOUT");
  });

  test("refuses header values that would break out of their line", async () => {
    await using server = await startFakeDocker(() => {});
    const dialer = createDockerUpgradeDialer({
      endpoint: endpointOf(server),
      path: "/session",
      headers: { "X-Docker-Expose-Session-Name": ["a\r\nX-Evil: 1"] },
    });
    await expect(dialer.dial()).rejects.toThrowError(TypeError);
  });
});
