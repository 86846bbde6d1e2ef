// SPDX-License-Identifier: Apache-2.0
import { createServer, type TlsOptions as ServerTlsOptions } from "node:tls";
import { createTestPki, leakCheck, type TestPki, tmpDir, waitUntil } from "@bk/testing";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createChannel } from "../src/channel.js";
import { createDialer } from "../src/create-dialer.js";
import { TransportError } from "../src/errors.js";
import { createTcpDialer } from "../src/tcp-dialer.js";
import type { TlsOptions } from "../src/tls.js";
import { catchTransportError } from "./helpers/catch-error.js";
import {
  listen,
  startHttp2Server,
  startHttpServer,
  startRawServer,
  type TestServer,
} from "./helpers/servers.js";

let pki: TestPki;

beforeAll(async () => {
  await using dir = await tmpDir();
  pki = await createTestPki(dir.path);
});

async function startTlsServer(options: ServerTlsOptions = {}): Promise<TestServer> {
  const { cert, key } = pki.server;
  const server = createServer({ cert, key, ALPNProtocols: ["h2"], ...options });
  server.on("secureConnection", (socket) => socket.on("error", () => {}).resume());
  server.on("tlsClientError", () => {});
  return listen(server);
}

function dialTls(server: TestServer, tls: TlsOptions, host = "127.0.0.1") {
  return createTcpDialer({ host, port: server.port, tls }).dial();
}

describe("createTcpDialer()", () => {
  leakCheck();

  test("tries a host's addresses in turn", async () => {
    // localhost is ::1 and 127.0.0.1 on most machines, and only the latter is listened on.
    await using server = await startRawServer(() => {});
    const socket = await createTcpDialer({ host: "localhost", port: server.port }).dial();
    socket.destroy();
  });

  test("says when a host is unknown", async () => {
    const error = await catchTransportError(
      createTcpDialer({ host: "no-such-host.invalid", port: 1 }).dial(),
    );
    expect(error.code).toBe("BK_ENDPOINT_NOT_FOUND");
    expect(error.retryable).toBe(true);
  });
});

describe("createTcpDialer() with TLS", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test("takes a server whose certificate a given authority signed", async () => {
    await using server = await startTlsServer();
    for (const host of ["127.0.0.1", "localhost"]) {
      const socket = await dialTls(server, { ca: pki.ca.cert }, host);
      socket.destroy();
    }
  });

  test("takes a bundle of authorities, with words between them", async () => {
    await using server = await startTlsServer();
    const ca = `first:\n${pki.otherCa.cert}\nsecond:\n${pki.ca.cert}`;
    const socket = await dialTls(server, { ca });
    socket.destroy();
  });

  test.each([
    ["nothing", () => "", "no certificate in it"],
    ["no PEM", () => "ca.pem", "no certificate in it"],
    ["a key", () => String(pki.ca.key), "no certificate in it"],
    ["a certificate cut short", () => String(pki.ca.cert).slice(0, 200), "no certificate in it"],
    [
      "a damaged certificate after a good one",
      () => `${pki.ca.cert}${String(pki.otherCa.cert).replace(/MII..../, "AAAAAAAA")}`,
      "certificate 2 of 2 in the CA is damaged",
    ],
  ])("refuses, before it dials, a CA that is %s", (_what, ca, words) => {
    expect(() => createTcpDialer({ host: "h", port: 1, tls: { ca: ca() } })).toThrow(
      expect.objectContaining({ code: "BK_TLS_FAILED", message: expect.stringContaining(words) }),
    );
  });

  test("takes the name to expect", async () => {
    await using server = await startTlsServer();
    const socket = await dialTls(server, { ca: pki.ca.cert, serverName: "localhost" });
    socket.destroy();
    const error = await catchTransportError(dialTls(server, { ca: pki.ca.cert, serverName: "buildkitd" }));
    expect(error.code).toBe("BK_TLS_FAILED");
    expect(error.message).toContain("another name");
  });

  test.each([
    ["no CA is given", () => ({}), {}, "authority"],
    ["another CA signed it", () => ({ ca: pki.otherCa.cert }), {}, "authority"],
    [
      "it has expired",
      () => ({ ca: pki.ca.cert }),
      () => ({ cert: pki.expiredServer.cert, key: pki.expiredServer.key }),
      "expired",
    ],
  ])("refuses a certificate when %s", async (_when, tls, serverOptions, hint) => {
    const options = typeof serverOptions === "function" ? serverOptions() : serverOptions;
    await using server = await startTlsServer(options);
    const error = await catchTransportError(dialTls(server, tls()));
    expect(error.code).toBe("BK_TLS_FAILED");
    expect(error.retryable).toBe(false);
    expect(error.message).toContain(hint);
    expect(error.message).toContain(`tcp://127.0.0.1:${server.port}`);
  });

  test.each([
    ["asks for", () => ({ ca: pki.ca.cert }), "asks for a client certificate"],
    [
      "does not know",
      () => ({ ca: pki.ca.cert, cert: pki.otherClient.cert, key: pki.otherClient.key }),
      "client certificate",
    ],
  ])("says when the server %s the client's certificate", async (_what, tls, hint) => {
    await using server = await startTlsServer({
      ca: pki.ca.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    // TLS 1.3 tells the client after the handshake, so the channel is who hears it.
    await using channel = createChannel(
      createTcpDialer({ host: "127.0.0.1", port: server.port, tls: tls() }),
    );
    const error = await catchTransportError(channel.connect());
    expect(error.code).toBe("BK_TLS_FAILED");
    expect(error.message).toContain(hint);
  });

  test("refuses TLS 1.1", async () => {
    await using server = await startTlsServer({ maxVersion: "TLSv1.1", minVersion: "TLSv1.1" });
    const error = await catchTransportError(dialTls(server, { ca: pki.ca.cert }));
    expect(error.code).toBe("BK_TLS_FAILED");
  });

  test.each([[["http/1.1"]], [undefined]])(
    "refuses a server that offers %j and not HTTP/2",
    async (protocols) => {
      await using server = await startTlsServer({ ALPNProtocols: protocols });
      const error = await catchTransportError(dialTls(server, { ca: pki.ca.cert }));
      expect(["BK_NOT_GRPC", "BK_TLS_FAILED"]).toContain(error.code);
      expect(error.retryable).toBe(false);
    },
  );

  test("says when the server has no TLS", async () => {
    await using http2 = await startHttp2Server();
    await using http1 = await startHttpServer((_request, response) => response.end());
    for (const server of [http2, http1]) {
      const error = await catchTransportError(dialTls(server, { ca: pki.ca.cert }));
      expect(error.code).toBe("BK_TLS_FAILED");
      expect(error.message).toContain("without TLS");
    }
  });

  test("takes a server that hangs up during the handshake for one that is starting", async () => {
    await using server = await startRawServer((socket) => socket.destroy());
    const error = await catchTransportError(dialTls(server, { ca: pki.ca.cert }));
    expect(error.code).toBe("BK_CONNECTION_LOST");
    expect(error.retryable).toBe(true);
  });

  test("gives up after 20 s on a server that does not answer", async () => {
    await using server = await startRawServer((socket) => socket.resume());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const dialing = catchTransportError(dialTls(server, { ca: pki.ca.cert }));
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    await vi.advanceTimersByTimeAsync(20_000);
    const error = await dialing;
    expect(error.code).toBe("BK_CONNECT_TIMEOUT");
  });

  test("rejects with the reason when aborted during the handshake", async () => {
    await using server = await startRawServer((socket) => socket.resume());
    const controller = new AbortController();
    const dialer = createTcpDialer({ host: "127.0.0.1", port: server.port, tls: { ca: pki.ca.cert } });
    const dialing = dialer.dial({ signal: controller.signal });
    await waitUntil(() => server.sockets.size === 1);
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(dialing).rejects.toBe(reason);
  });

  test("reports unusable files before it dials", () => {
    const { cert, key } = pki.client;
    for (const tls of [
      { cert },
      { key },
      { ca: "nonsense", cert: "nonsense", key },
      { cert, key: pki.ca.key },
    ]) {
      expect(() => createTcpDialer({ host: "h", port: 1, tls })).toThrowError(
        expect.objectContaining({ code: "BK_TLS_FAILED" }),
      );
    }
  });
});

describe("a channel without TLS", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test("says when the server expects TLS, and answers with an alert", async () => {
    const alert = Buffer.from([0x15, 3, 1, 0, 2, 2, 70]);
    await using server = await startRawServer((socket) => socket.once("data", () => socket.end(alert)));
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    const error = await catchTransportError(channel.connect());
    expect(error.code).toBe("BK_NOT_GRPC");
    expect(error.message).toContain("expects TLS: give a CA");
    expect(error.retryable).toBe(false);
  });

  test("names TLS as a likely cause when the server hangs up without a byte", async () => {
    await using server = await startTlsServer();
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    const error = await catchTransportError(channel.connect());
    // A starting daemon behind a port forward does the same, so waiting may help.
    expect(error.code).toBe("BK_CONNECTION_LOST");
    expect(error.message).toContain("expects TLS");
  });
});

describe("createDialer()", () => {
  test("refuses TLS on a socket", () => {
    expect(() => createDialer({ kind: "unix", path: "/x" }, { tls: {} })).toThrowError(TransportError);
  });

  test("names the endpoint", () => {
    expect(createDialer({ kind: "unix", path: "/x" }).endpoint).toBe("unix:///x");
    expect(createDialer({ kind: "tcp", host: "::1", port: 5 }, { tls: {} }).endpoint).toBe("tcp://[::1]:5");
    expect(createDialer({ kind: "npipe", path: "//./pipe/x" }).endpoint).toBe("npipe:////./pipe/x");
  });
});
