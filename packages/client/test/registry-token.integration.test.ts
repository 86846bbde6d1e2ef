// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AuthOptions, createAuth, createDockerCredentials } from "@bk/session";
import { createDaemon, createDockerDaemon, type Daemon, type SolveStatus, solve } from "@bk/solver";
import {
  createTestPki,
  integration,
  leakCheck,
  type Registry,
  startRegistry,
  startRelay,
  startTokenServer,
  type TestPki,
  type TmpDir,
  tmpDir,
  tree,
  useEngine,
} from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const USER = { username: "ada", password: "s3cret-of-ada", identityToken: "identity-of-ada" };
const BY_PASSWORD = { auth: Buffer.from(`${USER.username}:${USER.password}`).toString("base64") };
const BY_IDENTITY_TOKEN = { identitytoken: USER.identityToken };

integration.describe("a registry with tokens", () => {
  leakCheck();
  let trust: Trust;
  beforeAll(async () => {
    const dir = await tmpDir();
    trust = { dir, pki: await createTestPki(dir.path) };
  });
  afterAll(() => trust.dir[Symbol.asyncDispose]());

  describe.each(["embedded", "standalone"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test.each([
      ["password", BY_PASSWORD],
      ["refresh_token", BY_IDENTITY_TOKEN],
    ])("is pulled from by %s, which the daemon never sees", async (grant, entry) => {
      await using tokens = await startTokenServer({ pki: trust.pki, ...USER });
      await using registry = await startRegistry({ engine: useEngine(), tokens });
      await pushBase(mode, registry, trust);
      const asked = tokens.requests.length;
      const shared: string[] = [];
      const auth = await authFor(registry.host, entry, trust);

      const steps = await pull(mode, registry.host, { ...auth, onShare: (what) => shared.push(what) });

      expect(steps).toContainEqual(expect.stringContaining(`FROM ${registry.host}/base:1`));
      expect(tokens.requests.slice(asked)).toEqual([`${grant} repository:base:pull`]);
      expect(shared).toEqual([`[auth] base:pull token for ${registry.host}`]);
    });

    test("refuses a wrong password with the token server's name, and never tells it", async () => {
      await using tokens = await startTokenServer({ pki: trust.pki, ...USER });
      await using registry = await startRegistry({ engine: useEngine(), tokens });
      const wrong = { auth: Buffer.from("ada:hunter2").toString("base64") };

      const error = await pull(mode, registry.host, await authFor(registry.host, wrong, trust)).catch(
        (cause: unknown) => cause,
      );

      expect(error).toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringContaining(`The token server ${tokens.realm} answered with status 401`),
      });
      expect(JSON.stringify(error)).not.toContain("hunter2");
      expect(tokens.requests).toEqual(["password repository:base:pull", "basic repository:base:pull"]);
    });

    test("ends the build when its token server is another host's, and sends that nothing", async () => {
      await using tokens = await startTokenServer({ pki: trust.pki, ...USER });
      await using registry = await startRegistry({ engine: useEngine(), tokens });
      const host = registry.host.replace("127.0.0.1", "localhost");

      await expect(pull(mode, host, await authFor(host, BY_PASSWORD, trust))).rejects.toMatchObject({
        code: "BK_TOKEN_REALM_REFUSED",
        message: expect.stringContaining(new URL(tokens.realm).origin),
      });

      expect(tokens.requests).toEqual([]);
    });

    test("is asked by the daemon, as nobody, when it is not among the allowed registries", async () => {
      await using tokens = await startTokenServer({ pki: trust.pki, ...USER });
      await using registry = await startRegistry({ engine: useEngine(), tokens });
      const auth = await authFor(registry.host, BY_PASSWORD, trust);

      await expect(
        pull(mode, registry.host, { ...auth, allowedRegistries: ["docker.io"] }),
      ).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });

      expect(tokens.requests).toEqual(["anonymous repository:base:pull"]);
    });
  });
});

type Mode = "embedded" | "standalone";

interface Trust {
  readonly pki: TestPki;
  /** Where the Docker config goes. */
  readonly dir: TmpDir;
}

async function authFor(host: string, entry: object, { pki, dir }: Trust): Promise<AuthOptions> {
  const config = await mkdtemp(dir.join("docker-config-"));
  await writeFile(path.join(config, "config.json"), JSON.stringify({ auths: { [host]: entry } }));
  const env = { DOCKER_CONFIG: config };
  return { credentials: createDockerCredentials({ env }), tls: new Map([[host, { ca: pki.ca.cert }]]), env };
}

async function pushBase(mode: Mode, registry: Registry, trust: Trust): Promise<void> {
  await using context = await tree("ADD greeting file hello");
  const auth = await authFor(registry.host, BY_PASSWORD, trust);
  await withDaemon(mode, (daemon) =>
    solve(daemon, {
      contextDir: context.path,
      dockerfile: { text: "FROM scratch\nCOPY greeting /from-the-base\n" },
      tags: [`${registry.host}/base:1`],
      exports: [{ type: "image", push: true }],
      attachables: [createAuth(auth)],
    }),
  );
}

/** Builds on the base image, and returns the names of the steps. */
async function pull(mode: Mode, host: string, auth: AuthOptions): Promise<readonly string[]> {
  await using context = await tree("ADD greeting file hello");
  const names = new Set<string>();
  const onStatus = ({ vertexes }: SolveStatus) => {
    for (const { name } of vertexes) names.add(name);
  };
  await withDaemon(mode, (daemon) =>
    solve(daemon, {
      contextDir: context.path,
      dockerfile: { text: `FROM ${host}/base:1\nCOPY greeting /more\n` },
      exports: [],
      attachables: [createAuth(auth)],
      onStatus,
    }),
  );
  return [...names];
}

async function withDaemon(mode: Mode, work: (daemon: Daemon) => Promise<unknown>): Promise<void> {
  const { dockerSocket } = useEngine();
  if (mode === "embedded") {
    const address = { kind: "unix", path: dockerSocket } as const;
    await using daemon = createDockerDaemon({ endpoint: { address, source: "test" } });
    await work(daemon);
    return;
  }
  await using relay = await startRelay({ dockerSocket, listen: "unix" });
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(relay.address)) });
  await work(daemon);
}
