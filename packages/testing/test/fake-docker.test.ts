// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

import {
  type FakeDocker,
  leakCheck,
  openSessionPeer,
  startFakeDaemon,
  startFakeDocker,
} from "../src/index.js";

function send(docker: FakeDocker, method: string, path: string, body?: string) {
  const outgoing = request({ socketPath: new URL(docker.address).pathname, method, path, agent: false });
  outgoing.end(body);
  return once(outgoing, "response").then(([response]) => response);
}

function upgrade(docker: FakeDocker, path: string) {
  const headers = { connection: "Upgrade", upgrade: "h2c" };
  const socketPath = new URL(docker.address).pathname;
  const outgoing = request({ socketPath, method: "POST", path, headers, agent: false });
  outgoing.end();
  return outgoing;
}

describe("startFakeDocker()", () => {
  leakCheck();

  test("answers a ping and takes an image, whatever the API version in the path", async () => {
    await using docker = await startFakeDocker({ apiVersion: "1.40", loadAnswer: '{"error":"full"}\n' });
    const ping = await send(docker, "GET", "/_ping");
    expect([ping.headers["api-version"], await text(ping)]).toEqual(["1.40", "OK"]);
    const load = await send(docker, "POST", "/v1.40/images/load", "a tar");
    expect(await text(load)).toBe('{"error":"full"}\n');
    expect(docker.loaded.map(({ body }) => body.toString())).toEqual(["a tar"]);
  });

  test("hands bytes of the new protocol over in the packet of the 101", async () => {
    const sockets: Duplex[] = [];
    const leftover = Buffer.from("early");
    await using docker = await startFakeDocker({
      upgrades: { "/grpc": { kind: "switch", leftover, onSocket: (socket) => sockets.push(socket) } },
    });
    const [response, socket, head] = await once(upgrade(docker, "/v1.51/grpc"), "upgrade");
    expect([response.statusCode, head.toString()]).toEqual([101, "early"]);
    sockets[0]?.write("later");
    expect(String((await once(socket, "data"))[0])).toBe("later");
    socket.destroy();
  });

  test("refuses an upgrade with the page that it is given, and unknown paths with 404", async () => {
    await using docker = await startFakeDocker({
      upgrades: { "/grpc": { kind: "refuse", status: 403, body: "<html>", contentType: "text/html" } },
    });
    const [page] = await once(upgrade(docker, "/grpc"), "response");
    expect([page.statusCode, page.headers["content-type"], await text(page)]).toEqual([
      403,
      "text/html",
      "<html>",
    ]);
    const [absent] = await once(upgrade(docker, "/session"), "response");
    expect(absent.resume().statusCode).toBe(404);
    expect(docker.requests.map(({ url }) => url)).toEqual(["/grpc", "/session"]);
  });

  test("hangs and closes as told", async () => {
    await using docker = await startFakeDocker({
      upgrades: { "/grpc": { kind: "hang" }, "/session": { kind: "close" } },
    });
    await expect(once(upgrade(docker, "/session"), "upgrade")).rejects.toMatchObject({ code: "ECONNRESET" });
    const hanging = upgrade(docker, "/grpc");
    const ended = once(hanging, "response");
    ended.catch(() => {});
    await docker.waitForRequest("/grpc");
    docker.cutConnections();
    await expect(ended).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("speaks HTTP/2 at once beside HTTP/1, as newer engines do", async () => {
    await using daemon = await startFakeDaemon();
    await using docker = await startFakeDocker({ http2: daemon, apiVersion: "1.53" });
    const ping = await send(docker, "GET", "/_ping");
    expect(await text(ping)).toBe("OK");
    await using peer = openSessionPeer(connect(new URL(docker.address).pathname));
    expect(await peer.call("/a/b").status()).toMatchObject({ code: 12 });
  });
});
