// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { integration, leakCheck, startRelay, tree, useEngine } from "@bk/testing";
import { createDialer, parseAddress, resolveDockerEndpoint } from "@bk/transport";
import { describe, expect, test } from "vitest";
import {
  createDaemon,
  createDockerDaemon,
  type Daemon,
  deleteBuild,
  diskUsage,
  inspectBuild,
  listBuilds,
  listWorkers,
  pinBuild,
  prune,
  readDaemonInfo,
  readStatus,
  solve,
  type UsageRecord,
} from "../../src/index.js";

interface OpenDaemon extends AsyncDisposable {
  readonly daemon: Daemon;
}

async function openDaemon(mode: string): Promise<OpenDaemon> {
  const engine = useEngine();
  if (mode === "embedded") {
    const env = { DOCKER_HOST: engine.dockerHost };
    const daemon = createDockerDaemon({ endpoint: (options) => resolveDockerEndpoint({ env, ...options }) });
    return { daemon, [Symbol.asyncDispose]: () => daemon.close() };
  }
  const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
  const daemon = createDaemon({ dialer: createDialer(parseAddress(relay.address)) });
  return {
    daemon,
    async [Symbol.asyncDispose]() {
      await daemon.close();
      await relay.close();
    },
  };
}

async function build(
  daemon: Daemon,
  text = "FROM scratch\nCOPY unique /\n",
  ref: string = randomUUID(),
): Promise<string> {
  await using context = await tree(`ADD unique file ${randomUUID()}`);
  await solve(daemon, { contextDir: context.path, dockerfile: { text }, ref });
  return ref;
}

integration.describe("a daemon's cache, workers and history", () => {
  leakCheck();

  describe.each(["embedded", "unix"])("%s", { timeout: 60_000 }, (mode) => {
    test("lists what builds left in the cache, and prunes what a filter selects", async () => {
      await using opened = await openDaemon(mode);
      const { daemon } = opened;
      const file = randomUUID();
      await using context = await tree(`ADD ${file} file x`);
      await solve(daemon, {
        contextDir: context.path,
        dockerfile: { text: `FROM scratch\nCOPY ${file} /\n` },
      });
      const filter = [`description~=${file}`];
      // The build's last references go shortly after its end.
      await expect
        .poll(async () => (await diskUsage(daemon, { filter })).map(({ inUse }) => inUse), {
          timeout: 30_000,
        })
        .toEqual([false]);

      const pruned: UsageRecord[] = [];
      for await (const record of prune(daemon, { filter })) pruned.push(record);

      expect(pruned).toMatchObject([{ description: expect.stringContaining(`COPY ${file} /`) }]);
      expect(await diskUsage(daemon, { filter })).toEqual([]);
    });

    test("refuses a filter that the daemon cannot read", async () => {
      await using opened = await openDaemon(mode);

      await expect(diskUsage(opened.daemon, { filter: ["type=="] })).rejects.toMatchObject({
        code: "BK_REQUEST_REFUSED",
      });
    });

    test("says which BuildKit it is, and what its workers run", async () => {
      await using opened = await openDaemon(mode);

      const info = await readDaemonInfo(opened.daemon);
      const [worker] = await listWorkers(opened.daemon);

      expect(info.package).toBe("github.com/moby/buildkit");
      expect(worker?.platforms[0]).toMatch(/^linux\//);
      expect(worker?.id).not.toBe("");
    });

    test("keeps builds: lists, inspects, replays, pins and deletes them", async () => {
      await using opened = await openDaemon(mode);
      const { daemon } = opened;
      const ref = await build(daemon);

      expect((await listBuilds(daemon)).map((record) => record.ref)).toContain(ref);
      const record = await inspectBuild(daemon, ref);
      expect(record).toMatchObject({
        state: "completed",
        frontend: "dockerfile.v0",
        pinned: false,
        error: undefined,
      });
      expect(record.steps.completed).toBe(record.steps.total);
      const names: string[] = [];
      for await (const status of readStatus(daemon, ref))
        names.push(...status.vertexes.map(({ name }) => name));
      expect(names).toContainEqual(expect.stringContaining("COPY unique /"));

      await pinBuild(daemon, ref, { pinned: true });
      expect(await inspectBuild(daemon, ref)).toMatchObject({ pinned: true });
      await deleteBuild(daemon, ref);
      await expect(inspectBuild(daemon, ref)).rejects.toMatchObject({ code: "BK_BUILD_NOT_FOUND" });
    });

    test("keeps a failed build with its error", async () => {
      await using opened = await openDaemon(mode);
      const { daemon } = opened;
      const ref = randomUUID();
      const failed = build(daemon, "FROM scratch\nCOPY nothing-like-this /\n", ref);
      await expect(failed).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });

      const listed = (await listBuilds(daemon)).find((record) => record.ref === ref);

      expect(listed).toMatchObject({ state: "failed" });
      expect(listed?.error?.message).toContain("nothing-like-this");
    });
  });
});
