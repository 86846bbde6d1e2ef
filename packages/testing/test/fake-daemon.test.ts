// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { InfoRequestSchema, InfoResponseSchema } from "@bk/proto/control";
import { describe, expect, test } from "vitest";

import { createTestPki, leakCheck, openSessionPeer, startFakeDaemon, tmpDir } from "../src/index.js";

const INFO = "/moby.buildkit.v1.Control/Info";

function open(address: string) {
  const url = new URL(address);
  return url.protocol === "unix:" ? connect(url.pathname) : connect(Number(url.port), url.hostname);
}

describe("startFakeDaemon()", () => {
  leakCheck();

  test.each(["unix", "tcp"] as const)("answers a unary call over %s", async (listen) => {
    await using daemon = await startFakeDaemon({
      listen,
      handlers: {
        async [INFO](call) {
          await call.receive(InfoRequestSchema);
          call.send(InfoResponseSchema, { buildkitVersion: { version: "v1" } });
          call.end();
        },
      },
    });
    await using peer = openSessionPeer(open(daemon.address));
    const info = await peer.unary(INFO, InfoRequestSchema, {}, InfoResponseSchema);
    expect(info.buildkitVersion?.version).toBe("v1");
    expect(daemon.connections).toBe(1);
  });

  test("keeps repeated headers apart", async () => {
    await using daemon = await startFakeDaemon();
    await using peer = openSessionPeer(open(daemon.address));
    peer.call("/a/b", { "x-many": ["one, two", "three"] });
    const call = await daemon.waitForCall("/a/b");
    expect(call.headerValues("x-many")).toEqual(["one, two", "three"]);
  });

  test("ends calls without a handler, and those whose handler throws, with a status", async () => {
    await using daemon = await startFakeDaemon({
      handlers: {
        "/a/throws": () => {
          throw new Error("bug in a test");
        },
      },
    });
    await using peer = openSessionPeer(open(daemon.address));
    expect(await peer.call("/a/absent").status()).toMatchObject({ code: 12 });
    expect(await peer.call("/a/throws").status()).toMatchObject({
      code: 2,
      message: expect.stringContaining("bug"),
    });
  });

  test("sends trailers of any size and resets streams", async () => {
    const details = "A".repeat(20_000);
    await using daemon = await startFakeDaemon({
      handlers: {
        "/a/large": (call) => call.end({ status: 9, trailers: { "grpc-status-details-bin": details } }),
        "/a/reset": (call) => call.reset(),
      },
    });
    await using peer = openSessionPeer(open(daemon.address));
    const { trailers } = await peer.call("/a/large").status();
    expect(trailers["grpc-status-details-bin"]).toBe(details);
    await expect(peer.call("/a/reset").status()).rejects.toThrow(`RST_STREAM ${constants.NGHTTP2_CANCEL}`);
  });

  test("says GOAWAY, and cuts connections", async () => {
    await using daemon = await startFakeDaemon();
    const session = connectHttp2("http://d", { createConnection: () => open(daemon.address) });
    session.on("error", () => {});
    await once(session, "remoteSettings");
    const goaway = once(session, "goaway");
    daemon.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect((await goaway)[0]).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const closed = new Promise<void>((resolve) => session.once("close", resolve));
    daemon.cutConnections();
    await closed;
  });

  test("speaks TLS with the certificate that it is given", async () => {
    await using dir = await tmpDir();
    const { ca, server } = await createTestPki(dir.path);
    await using daemon = await startFakeDaemon({ listen: "tcp", tls: server });
    const { hostname, port } = new URL(daemon.address);
    const socket = connectTls({ host: hostname, port: Number(port), ca: ca.cert, ALPNProtocols: ["h2"] });
    await once(socket, "secureConnect");
    await using peer = openSessionPeer(socket);
    expect(await peer.call("/a/b").status()).toMatchObject({ code: 12 });
  });
});
