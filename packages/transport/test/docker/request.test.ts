// SPDX-License-Identifier: Apache-2.0

import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { leakCheck, tmpDir, waitUntil } from "@bk/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type DockerEndpoint, resolveDockerEndpoint } from "../../src/docker/endpoint.js";
import { resolveDockerMode } from "../../src/docker/mode.js";
import { pingDocker } from "../../src/docker/ping.js";
import { dockerRequest } from "../../src/docker/request.js";
import { createDockerUpgradeDialer } from "../../src/docker/upgrade-dialer.js";
import { catchTransportError } from "../helpers/catch-error.js";
import { startFakeDocker, startHttpServer, startRawServer, type TestServer } from "../helpers/servers.js";
import { failWith, joinSocket, writeStandIn } from "../helpers/stand-in.js";

function endpointOf({ port }: TestServer): DockerEndpoint {
  return { address: { kind: "tcp", host: "127.0.0.1", port }, source: "test" };
}

describe("a Docker behind ssh", () => {
  leakCheck();

  test("is asked through its own command over there, and can be upgraded", async () => {
    await using dir = await tmpDir();
    await using _docker = await startFakeDocker((socket) => socket.end("BuildKit"), dir.join("docker.sock"));
    const { env, calls } = await writeStandIn(dir, "ssh", joinSocket(dir.join("docker.sock")));
    const endpoint = await resolveDockerEndpoint({ env: { ...env, DOCKER_HOST: "ssh://me@host" } });
    expect((await pingDocker(endpoint)).apiVersion).toBe("1.51");
    const stream = await createDockerUpgradeDialer({ endpoint, path: "/grpc" }).dial();
    expect(await text(stream)).toBe("BuildKit");
    const args = ["-T", "-l", "me", "--", "host", "docker", "system", "dial-stdio"];
    expect(await calls()).toEqual([args, args]);
  });

  test("names what ssh says", async () => {
    await using dir = await tmpDir();
    const { env } = await writeStandIn(dir, "ssh", failWith(127, "sh: docker: command not found"));
    const endpoint = await resolveDockerEndpoint({ env: { ...env, DOCKER_HOST: "ssh://host" } });
    const error = await catchTransportError(pingDocker(endpoint));
    expect(error.code).toBe("BK_COMMAND_FAILED");
    expect(error.message).toContain("docker: command not found");
  });
});

describe("dockerRequest()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  test("streams a body and hands over the response, whatever its status", async () => {
    await using server = await startHttpServer((request, response) => {
      void text(request).then((body) => {
        response
          .writeHead(500, { "X-Path": request.url ?? "" })
          .end(`${request.headers["content-type"]} ${body.length}`);
      });
    });
    const response = await dockerRequest(endpointOf(server), {
      method: "POST",
      path: "/images/load?quiet=1",
      headers: { "Content-Type": ["application/x-tar"] },
      body: Readable.from([Buffer.alloc(1000), Buffer.alloc(2000)]),
    });
    expect(response.statusCode).toBe(500);
    expect(response.headers["x-path"]).toBe("/images/load?quiet=1");
    expect(await text(response)).toBe("application/x-tar 3000");
  });

  test("takes an answer that comes before the body was read", async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(413, { Connection: "close" }).end("too large");
    });
    const body = new PassThrough();
    body.write(Buffer.alloc(10));
    const response = await dockerRequest(endpointOf(server), { method: "POST", path: "/images/load", body });
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toBe("too large");
    body.destroy();
  });

  test("cuts the request short when its body fails", async () => {
    let complete: boolean | undefined;
    await using server = await startHttpServer((request) => {
      request.resume();
      request.on("close", () => {
        complete = request.complete;
      });
    });
    const body = new PassThrough();
    body.write("half a tar");
    const requesting = dockerRequest(endpointOf(server), { method: "POST", path: "/images/load", body });
    await waitUntil(() => server.sockets.size === 1);
    const reason = new Error("export failed");
    body.destroy(reason);
    await expect(requesting).rejects.toBe(reason);
    await waitUntil(() => complete !== undefined);
    expect(complete).toBe(false);
  });

  test("rejects with the reason when aborted, before and while it waits", async () => {
    const reason = new Error("enough");
    await using server = await startHttpServer(() => {});
    const request = (signal: AbortSignal) =>
      dockerRequest(endpointOf(server), { method: "GET", path: "/info", signal });
    await expect(request(AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = request(controller.signal);
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test("ends the response when aborted while it is read", async () => {
    await using server = await startHttpServer((_request, response) => {
      response.write("first");
    });
    const controller = new AbortController();
    const response = await dockerRequest(endpointOf(server), {
      method: "GET",
      path: "/events",
      signal: controller.signal,
    });
    const reading = text(response);
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrowError();
  });

  test("reports a server that is not there, hangs up, or speaks no HTTP", async () => {
    const get = (server: TestServer) =>
      catchTransportError(dockerRequest(endpointOf(server), { method: "GET", path: "/info" }));
    const gone = await startRawServer(() => {});
    await gone[Symbol.asyncDispose]();
    expect((await get(gone)).code).toBe("BK_CONNECTION_REFUSED");
    await using hangsUp = await startRawServer((socket) => socket.once("data", () => socket.end()));
    expect((await get(hangsUp)).code).toBe("BK_CONNECTION_LOST");
    await using garbage = await startRawServer((socket) => socket.end("220 mail\r\n"));
    expect((await get(garbage)).code).toBe("BK_DOCKER_REFUSED");
  });
});

describe("pingDocker() and resolveDockerMode()", () => {
  leakCheck();
  afterEach(() => {
    vi.useRealTimers();
  });

  function startEngine(apiVersion: string | undefined) {
    return startHttpServer((request, response) => {
      expect(request.url).toBe("/_ping");
      if (apiVersion !== undefined) response.setHeader("Api-Version", apiVersion);
      response.setHeader("Ostype", "linux").setHeader("Builder-Version", "2").end("OK");
    });
  }

  test("read what the engine says of itself", async () => {
    await using server = await startEngine("1.51");
    expect(await pingDocker(endpointOf(server))).toEqual({
      apiVersion: "1.51",
      osType: "linux",
      builderVersion: "2",
    });
  });

  test.each([
    ["1.52", "upgrade"],
    ["1.53", "direct"],
    ["1.60", "direct"],
    ["2.0", "direct"],
    ["1.6", "upgrade"],
    [undefined, "upgrade"],
    ["nonsense", "upgrade"],
  ] as const)("choose for API %s: %s", async (apiVersion, mode) => {
    await using server = await startEngine(apiVersion);
    expect(await resolveDockerMode(endpointOf(server))).toBe(mode);
  });

  test("report an engine that will not answer", async () => {
    await using server = await startHttpServer((_request, response) => {
      response.writeHead(403).end('{"message":"denied by policy"}');
    });
    const error = await catchTransportError(pingDocker(endpointOf(server)));
    expect(error).toMatchObject({ code: "BK_DOCKER_REFUSED", status: 403, retryable: false });
    expect(error.message).toContain("denied by policy");
  });

  test("give up after 20 s", async () => {
    await using server = await startHttpServer(() => {});
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const pinging = catchTransportError(pingDocker(endpointOf(server)));
    await waitUntil(() => [...server.sockets].some((socket) => socket.bytesRead > 0));
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await pinging).code).toBe("BK_CONNECT_TIMEOUT");
  });
});
