// SPDX-License-Identifier: Apache-2.0
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createTestPki,
  leakCheck,
  listen,
  startFakeDaemon,
  startFakeDocker,
  type TmpDir,
  tmpDir,
} from "@bk/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../src/index.js";
import { textOutput } from "./helpers/text-output.js";

async function pingError(client: Client): Promise<unknown> {
  await using opened = client;
  return await opened.ping().then(
    () => undefined,
    (cause: unknown) => cause,
  );
}

/** Root may open every socket, so root becomes nobody for a while. */
async function withoutPrivileges<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.("nobody");
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const standalone = (host: string) => Client.fromEnv({ env: { BUILDKIT_HOST: host } });

describe("BUILDKIT_HOST", () => {
  test("has to be set", () => {
    expect(() => Client.fromEnv({ env: {} })).toThrow(
      expect.objectContaining({ code: "BK_NO_DAEMON", message: expect.stringContaining("BUILDKIT_HOST") }),
    );
  });

  test.each([
    ["an unknown scheme", "ftp://localhost:1"],
    ["no port", "tcp://localhost"],
    ["a trailing space", "tcp://localhost:1234 "],
    ["a bare IPv6 address", "tcp://::1:1234"],
    ["a socket path that is too long", `unix:///${"x".repeat(108)}`],
    ["no scheme", "localhost:1234"],
  ])("with %s is refused by name", (_what, host) => {
    expect(() => standalone(host)).toThrow(
      expect.objectContaining({
        code: "BK_ADDRESS_INVALID",
        message: expect.stringContaining(host.trim().slice(0, 20)),
      }),
    );
  });

  test("takes IPv6 in brackets", async () => {
    await using client = standalone("tcp://[::1]:1234");

    expect(client.endpoint).toBe("tcp://[::1]:1234");
  });
});

describe("a daemon that is not there", () => {
  leakCheck();
  let dir: TmpDir;
  beforeAll(async () => {
    dir = await tmpDir();
  });
  afterAll(() => dir[Symbol.asyncDispose]());

  test("as a socket that does not exist", async () => {
    const host = `unix://${dir.join("absent.sock")}`;
    expect(await pingError(standalone(host))).toMatchObject({
      code: "BK_ENDPOINT_NOT_FOUND",
      message: expect.stringContaining(host),
    });
  });

  test("as a file that is no socket", async () => {
    await writeFile(dir.join("file"), "");
    const host = `unix://${dir.join("file")}`;
    expect(await pingError(standalone(host))).toMatchObject({
      code: "BK_NOT_A_SOCKET",
      message: expect.stringContaining(host),
    });
  });

  test("as a port that nobody listens on", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    expect(await pingError(standalone(`tcp://127.0.0.1:${port}`))).toMatchObject({
      code: "BK_CONNECTION_REFUSED",
    });
  });

  test("as a socket that may not be opened", async () => {
    await using listener = await listen("unix", () => {});
    await chmod(listener.address.slice("unix://".length), 0);

    const error = await withoutPrivileges(() => pingError(standalone(listener.address)));

    expect(error).toMatchObject({
      code: "BK_PERMISSION_DENIED",
      message: expect.stringContaining(listener.address),
    });
  });
});

describe("a server that is no BuildKit", () => {
  leakCheck();

  test("an HTTP/1 server", async () => {
    const server = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const error = await pingError(standalone(host));

    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(error).toMatchObject({ code: "BK_NOT_GRPC", message: expect.stringContaining(host) });
  });

  test("TLS where none is expected, and none where TLS is", async () => {
    await using dir = await tmpDir();
    const pki = await createTestPki(dir.path);
    await using secure = await startFakeDaemon({
      listen: "tcp",
      tls: { cert: pki.server.cert, key: pki.server.key },
    });
    await using plain = await startFakeDaemon({ listen: "tcp" });

    expect(await pingError(standalone(secure.address))).toMatchObject({
      code: expect.stringMatching(/BK_NOT_GRPC|BK_TLS_FAILED|BK_CONNECTION_LOST/),
      message: expect.stringContaining("TLS"),
    });
    const tls = { ca: pki.ca.cert };
    expect(await pingError(Client.fromEnv({ env: { BUILDKIT_HOST: plain.address }, tls }))).toMatchObject({
      code: "BK_TLS_FAILED",
      message: expect.stringContaining("TLS"),
    });
  });

  test.each([
    [400, "Bad Request", "text/plain"],
    [403, "forbidden by policy", "text/plain"],
    [404, '{"message":"page not found"}', "application/json"],
    [502, "<html><body>Bad Gateway</body></html>", "text/html"],
  ])("a Docker that answers the upgrade with %i", async (status, body, contentType) => {
    await using docker = await startFakeDocker({
      upgrades: { "/grpc": { kind: "refuse", status, body, contentType } },
    });

    expect(await pingError(Client.embedded({ env: { DOCKER_HOST: docker.address } }))).toMatchObject({
      code: "BK_UPGRADE_REFUSED",
      status,
      body,
      message: expect.stringContaining(String(status)),
    });
  });
});

describe("options that are wrong", () => {
  test.each([
    ["a malformed tag", { tag: "UPPER/case:1" }],
    ["a malformed platform", { platform: "linux/" }],
    ["a build arg without a name", { buildArgs: { "": "x" } }],
    ["a build arg whose name has an equals sign", { buildArgs: { "A=B": "x" } }],
  ])("are refused before anything is dialed: %s", async (_what, options) => {
    const dialed = () => Promise.reject(new Error("dialed"));
    await using client = Client.embedded({ contextDialer: dialed, sessionDialer: dialed });

    const build = client.build({ contextDir: ".", tag: "app:1", output: textOutput(), ...options });

    await expect(build).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID" });
  });
});
