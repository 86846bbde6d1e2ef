// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { integration, startRelay, tmpDir, tree, useEngine } from "@bk/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type BkResult, runBk } from "./bk.js";

interface Listed {
  readonly ref: string;
  readonly results: Readonly<
    Record<string, { readonly exports: Readonly<Record<string, { digest: string }>> }>
  >;
}

integration.describe("bk du, prune, workers, info and history", () => {
  vi.setConfig({ testTimeout: 60_000 });
  let env: Readonly<Record<string, string>>;
  const bk = async (...args: string[]): Promise<BkResult> => {
    const result = await runBk(args, { env });
    expect(result.exitCode, result.stderr).toBe(0);
    return result;
  };
  const json = async (...args: string[]) => JSON.parse((await bk(...args, "--format", "json")).stdout);

  beforeAll(() => {
    env = { DOCKER_HOST: useEngine().dockerHost };
  });

  /** A build of which nothing was there before; gives what the daemon calls it. */
  async function build(): Promise<string> {
    await using context = await tree(`ADD unique file ${Math.random()}`);
    await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY unique /\n");
    const digest = (await bk("build", context.path)).stdout.trim();
    const records: readonly Listed[] = await json("history", "ls");
    const made = records.find(({ results }) => results[""]?.exports["0"]?.digest === digest);
    return made?.ref ?? "none";
  }

  test("du lists the largest records first, with their sum", async () => {
    await build();
    const { stdout } = await bk("du", "--verbose");
    expect(stdout).toMatch(/^ID +SIZE {2}TYPE +LAST USED/);
    expect(stdout).toMatch(/\n\d+ records, [\d.]+ \w+, of which a prune can free /);

    const records: readonly { readonly type: string }[] = await json("du", "--filter", "type=source.local");
    expect(new Set(records.map(({ type }) => type))).toEqual(new Set(["source.local"]));
  });

  test("prune removes what the filter selects, and says what", async () => {
    const file = randomUUID();
    await using context = await tree(`ADD ${file} file x`);
    await writeFile(context.join("Dockerfile"), `FROM scratch\nCOPY ${file} /\n`);
    await bk("build", "-o", "type=cacheonly", context.path);
    const filter = ["--filter", `description~=${file}`];
    const states = async () => (await json("du", ...filter)).map(({ inUse }: { inUse: boolean }) => inUse);
    // The build's last references go shortly after its end.
    await expect.poll(states, { timeout: 30_000 }).toEqual([false]);

    const { stdout } = await bk("prune", ...filter);

    expect(stdout).toMatch(/^\w+ {2}.*\nRemoved 1 records, /);
    expect(await json("du", ...filter)).toEqual([]);
  });

  test("info and workers describe the daemon, standalone too", async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    const standalone = { BUILDKIT_HOST: relay.address };

    const info = await runBk(["info"], { env: standalone });
    expect(info.stdout).toContain(`github.com/moby/buildkit`);
    expect(info.stdout).toContain(relay.address);
    expect((await runBk(["workers"], { env: standalone })).stdout).toMatch(/ {2}platforms {2}linux\//);
    const [worker] = await json("workers");
    expect(worker.platforms[0]).toMatch(/^linux\//);
  });

  describe("history", () => {
    test("lists, shows, replays, pins and forgets a build", async () => {
      const ref = await build();

      expect((await bk("history", "ls")).stdout).toMatch(new RegExp(`\n${ref} +completed +(\\d+)/\\1 `));
      expect((await bk("history", "inspect", ref)).stdout).toMatch(/frontend {2}dockerfile\.v0\n/);
      expect((await bk("history", "logs", ref)).stdout).toMatch(/COPY unique \/\n/);
      await using dir = await tmpDir();
      await bk("history", "export", ref, "--output", dir.join("x.dockerbuild"));
      expect((await stat(dir.join("x.dockerbuild"))).size).toBeGreaterThan(100);
      expect((await bk("history", "export", ref, "--output", "-")).stdout.length).toBeGreaterThan(100);
      await bk("history", "pin", ref);
      expect((await bk("history", "inspect", ref)).stdout).toMatch(/state +completed, pinned\n/);
      await bk("history", "unpin", ref);
      expect((await bk("history", "inspect", ref)).stdout).toMatch(/state +completed\n/);
      await bk("history", "rm", ref);
      const gone = await runBk(["history", "inspect", ref], { env });
      expect(gone).toMatchObject({ exitCode: 1, stdout: "" });
      expect(gone.stderr).toContain(ref);
    });

    test.each([["report"], ["export", "--output", "-"]])(
      "%s ends in order when its reader leaves",
      async (...args) => {
        const ref = await build();
        const result = await runBk(["history", ...args, ref], { env, stdoutIsLeft: true });
        expect(result).toMatchObject({ exitCode: 0, stderr: "" });
      },
    );
  });
});
