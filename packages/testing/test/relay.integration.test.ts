// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

import { integration, type Relay, startRelay, tmpDir, useEngine } from "../src/index.js";

const run = promisify(execFile);

function open(relay: Relay): Socket {
  const url = new URL(relay.address);
  if (url.protocol === "unix:") return connect(url.pathname);
  const options = { host: url.hostname, port: Number(url.port) };
  if (!relay.tls) return connect(options);
  const { ca, client } = relay.tls;
  return connectTls({ ...options, ca: ca.cert, cert: client.cert, key: client.key, ALPNProtocols: ["h2"] });
}

/** Resolves when the socket is gone, whether with an error or without. */
function closeOf(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** The gRPC status of a call without a message. */
async function callInfo(socket: Socket): Promise<string | undefined> {
  const session = connectHttp2("http://buildkit", { createConnection: () => socket });
  const stream = session.request({
    ":method": "POST",
    ":path": "/moby.buildkit.v1.Control/Info",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const trailers = once(stream, "trailers");
  // One frame with an empty InfoRequest.
  stream.resume().end(Buffer.alloc(5));
  const [headers] = await trailers;
  session.destroy();
  return headers["grpc-status"];
}

integration.describe("startRelay()", () => {
  test.each(["unix", "tcp", "tls"] as const)("reaches BuildKit over %s", async (listen) => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen });
    const socket = open(relay);
    if (listen === "tls") await once(socket, "secureConnect");
    expect(await callInfo(socket)).toBe("0");
  });

  test("cuts what is open and serves what comes after", async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    const first = open(relay);
    await once(first, "connect");
    const closed = closeOf(first);
    const session = connectHttp2("http://buildkit", { createConnection: () => first });
    session.on("error", () => {});
    await once(session, "remoteSettings");
    await relay.cutConnections();
    await closed;
    expect(await callInfo(open(relay))).toBe("0");
  });

  test("stalls what is open without closing it", async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    const session = connectHttp2("http://buildkit", { createConnection: () => open(relay) });
    await once(session, "remoteSettings");
    await relay.stallConnections();
    let answered = false;
    session.ping(() => {
      answered = true;
    });
    // A second connection's whole call takes longer than the ping would.
    expect(await callInfo(open(relay))).toBe("0");
    expect(answered).toBe(false);
    expect(session.closed).toBe(false);
    session.destroy();
  });

  test("refuses connections once it is killed", async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "tcp" });
    await relay.kill();
    await expect(once(open(relay), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is a remote builder for buildx", { timeout: 60_000 }, async () => {
    const { docker, dockerConfig, dockerHost, dockerSocket } = useEngine();
    if (docker === undefined || dockerConfig === undefined)
      throw new Error("the engine has no docker command");
    await using relay = await startRelay({ dockerSocket, listen: "unix" });
    await using dir = await tmpDir();
    const env = {
      ...process.env,
      DOCKER_CONFIG: dockerConfig,
      DOCKER_HOST: dockerHost,
      BUILDX_CONFIG: dir.join("buildx"),
    };
    const buildx = (...args: string[]) => run(docker, ["buildx", ...args], { env });
    await buildx("create", "--name", "relayed", "--driver", "remote", relay.address);
    const { stdout } = await buildx("inspect", "relayed");
    expect(stdout).toMatch(/Driver:\s+remote/);
    expect(stdout).toMatch(/Status:\s+running/);
  });
});

describe("startRelay() without an engine", () => {
  test("closes a connection that the Docker socket does not upgrade", async () => {
    await using dir = await tmpDir();
    await using relay = await startRelay({ dockerSocket: dir.join("absent.sock"), listen: "unix" });
    const socket = open(relay);
    await closeOf(socket);
    expect(socket.destroyed).toBe(true);
  });
});
