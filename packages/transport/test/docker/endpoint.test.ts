// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type TmpDir, tmpDir } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resolveDockerEndpoint } from "../../src/docker/endpoint.js";
import { catchTransportError } from "../helpers/catch-error.js";

let home: TmpDir;

beforeEach(async () => {
  home = await tmpDir();
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
});

function resolve(env: Record<string, string> = {}) {
  return resolveDockerEndpoint({ env, homeDir: home.path });
}

async function writeFiles(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = home.join(".docker", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** As `docker context create` writes it. */
async function writeContext(
  name: string,
  host: string,
  { tls = {}, skipTlsVerify = false }: { tls?: Record<string, string>; skipTlsVerify?: boolean } = {},
): Promise<void> {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = {
    Name: name,
    Metadata: {},
    Endpoints: { docker: { Host: host, SkipTLSVerify: skipTlsVerify } },
  };
  await writeFiles({ [`contexts/meta/${id}/meta.json`]: JSON.stringify(meta) });
  for (const [file, content] of Object.entries(tls)) {
    await writeFiles({ [`contexts/tls/${id}/docker/${file}`]: content });
  }
}

describe("resolveDockerEndpoint()", () => {
  test.skipIf(process.platform === "win32")(
    "takes the default socket when nothing says otherwise",
    async () => {
      expect(await resolve()).toEqual({
        address: { kind: "unix", path: "/var/run/docker.sock" },
        source: "default socket",
      });
    },
  );

  test.each([
    ["unix:///tmp/d.sock", { kind: "unix", path: "/tmp/d.sock" }],
    ["tcp://10.0.0.1:2375", { kind: "tcp", host: "10.0.0.1", port: 2375 }],
    ["tcp://engine", { kind: "tcp", host: "engine", port: 2375 }],
    ["tcp://[::1]", { kind: "tcp", host: "::1", port: 2375 }],
    ["engine:99", { kind: "tcp", host: "engine", port: 99 }],
  ])("reads DOCKER_HOST=%s", async (host, address) => {
    expect(await resolve({ DOCKER_HOST: host })).toEqual({ address, source: "DOCKER_HOST" });
  });

  test("takes DOCKER_HOST before DOCKER_CONTEXT, that before currentContext", async () => {
    await writeContext("one", "unix:///one.sock");
    await writeContext("two", "unix:///two.sock");
    await writeFiles({ "config.json": JSON.stringify({ currentContext: "two", auths: {} }) });
    const source = async (env: Record<string, string>) => (await resolve(env)).source;
    expect(await source({ DOCKER_HOST: "unix:///x.sock", DOCKER_CONTEXT: "one" })).toBe("DOCKER_HOST");
    expect(await source({ DOCKER_CONTEXT: "one" })).toBe("Docker context one");
    expect(await source({ DOCKER_HOST: "", DOCKER_CONTEXT: "" })).toBe("Docker context two");
    expect(await source({ DOCKER_CONTEXT: "default" })).toBe("default socket");
    expect(await resolve({ DOCKER_CONTEXT: "one" })).toEqual({
      address: { kind: "unix", path: "/one.sock" },
      source: "Docker context one",
    });
  });

  test("looks where DOCKER_CONFIG says", async () => {
    await writeContext("one", "unix:///one.sock");
    await using empty = await tmpDir();
    const error = await catchTransportError(resolve({ DOCKER_CONFIG: empty.path, DOCKER_CONTEXT: "one" }));
    expect(error.message).toContain(empty.path);
    const found = await resolveDockerEndpoint({
      env: { DOCKER_CONFIG: home.join(".docker"), DOCKER_CONTEXT: "one" },
      homeDir: empty.path,
    });
    expect(found.source).toBe("Docker context one");
  });

  test("reads the TLS files of DOCKER_CERT_PATH when DOCKER_TLS_VERIFY is set", async () => {
    await writeFiles({ "certs/ca.pem": "CA", "certs/cert.pem": "CERT", "certs/key.pem": "KEY" });
    const env = {
      DOCKER_HOST: "tcp://engine",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: home.join(".docker/certs"),
    };
    const { address, tls } = await resolve(env);
    expect(address).toEqual({ kind: "tcp", host: "engine", port: 2376 });
    expect([tls?.ca, tls?.cert, tls?.key].map(String)).toEqual(["CA", "CERT", "KEY"]);
    expect((await resolve({ ...env, DOCKER_TLS_VERIFY: "" })).tls).toBeUndefined();
    // TLS without any file: the system's authorities.
    expect((await resolve({ DOCKER_HOST: "tcp://engine", DOCKER_TLS_VERIFY: "1" })).tls).toEqual({});
    expect((await resolve({ DOCKER_TLS_VERIFY: "1" })).address).toEqual({
      kind: "tcp",
      host: "localhost",
      port: 2376,
    });
    expect((await resolve({ DOCKER_HOST: "unix:///x.sock", DOCKER_TLS_VERIFY: "1" })).tls).toBeUndefined();
  });

  test("reads a context's TLS files", async () => {
    await writeContext("remote", "tcp://engine:2376", { tls: { "ca.pem": "CA" } });
    const { address, tls } = await resolve({ DOCKER_CONTEXT: "remote" });
    expect(address).toEqual({ kind: "tcp", host: "engine", port: 2376 });
    expect(String(tls?.ca)).toBe("CA");
    expect(tls?.cert).toBeUndefined();
  });

  test("refuses a context that turns verification off", async () => {
    await writeContext("careless", "tcp://engine:2376", { skipTlsVerify: true });
    const error = await catchTransportError(resolve({ DOCKER_CONTEXT: "careless" }));
    expect(error.code).toBe("BK_DOCKER_CONFIG_INVALID");
    expect(error.message).toContain("verification");
  });

  test("takes ssh, and the path of the socket over there", async () => {
    const address = { kind: "ssh", host: "host", user: "me", socket: "/run/docker.sock" };
    const host = "ssh://me@host/run/docker.sock";
    await writeContext("remote", host);
    for (const env of [{ DOCKER_HOST: host }, { DOCKER_CONTEXT: "remote" }]) {
      expect((await resolve(env)).address).toEqual(address);
    }
  });

  test("takes a context by name, whatever the environment says", async () => {
    await writeContext("remote", "tcp://engine:1");
    const env = { DOCKER_HOST: "unix:///x", DOCKER_CONTEXT: "other" };
    const { address, source } = await resolveDockerEndpoint({ env, homeDir: home.path, context: "remote" });
    expect(address).toEqual({ kind: "tcp", host: "engine", port: 1 });
    expect(source).toBe("Docker context remote");
    const { source: byDefault } = await resolveDockerEndpoint({ env, context: "default" });
    expect(byDefault).toBe("DOCKER_HOST");
  });

  test.each(["http://me:pw@host", "fd://", "http://host:1"])(
    "says what is supported instead of %s",
    async (host) => {
      await writeContext("remote", host);
      for (const env of [{ DOCKER_HOST: host }, { DOCKER_CONTEXT: "remote" }]) {
        const error = await catchTransportError(resolve(env));
        expect(error.code).toBe("BK_DOCKER_CONFIG_INVALID");
        expect(error.message).toContain("unix://, tcp://, ssh://");
        expect(error.message).not.toContain("pw@");
      }
    },
  );

  test("reports a malformed DOCKER_HOST as a malformed address", async () => {
    expect((await catchTransportError(resolve({ DOCKER_HOST: "tcp://engine:99999" }))).code).toBe(
      "BK_ADDRESS_INVALID",
    );
    expect((await catchTransportError(resolve({ DOCKER_HOST: "unix://x " }))).code).toBe(
      "BK_ADDRESS_INVALID",
    );
  });

  test("names the context that is not there", async () => {
    const error = await catchTransportError(resolve({ DOCKER_CONTEXT: "../../etc/passwd" }));
    expect(error.code).toBe("BK_DOCKER_CONFIG_INVALID");
    expect(error.message).toContain('"../../etc/passwd"');
    expect(error.message).toContain("docker context ls");
  });

  test.each([
    ["{", "not JSON"],
    ["[]", "not a JSON object"],
    ['{"currentContext": 5}', "not a string"],
  ])("names a config.json that holds %s", async (content, reason) => {
    await writeFiles({ "config.json": content });
    const error = await catchTransportError(resolve());
    expect(error.code).toBe("BK_DOCKER_CONFIG_INVALID");
    expect(error.message).toContain("config.json");
    expect(error.message).toContain(reason);
  });

  test.each([
    ["{}", "no docker endpoint"],
    ['{"Endpoints": {"docker": {}}}', "no Host"],
    ['{"Endpoints": {"docker": {"Host": 5}}}', "no Host"],
  ])("names a context whose metadata is %s", async (content, reason) => {
    const id = createHash("sha256").update("odd").digest("hex");
    await writeFiles({ [`contexts/meta/${id}/meta.json`]: content });
    const error = await catchTransportError(resolve({ DOCKER_CONTEXT: "odd" }));
    expect(error.message).toContain("meta.json");
    expect(error.message).toContain(reason);
  });

  test("names a file that cannot be read", async () => {
    await mkdir(home.join(".docker/config.json"), { recursive: true });
    const error = await catchTransportError(resolve());
    expect(error.message).toContain("cannot be read (EISDIR)");
  });

  test("rejects with the reason when aborted", async () => {
    const reason = new Error("enough");
    const resolving = resolveDockerEndpoint({
      env: {},
      homeDir: home.path,
      signal: AbortSignal.abort(reason),
    });
    await expect(resolving).rejects.toBe(reason);
  });
});
