// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, watch, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import {
  addShell,
  integration,
  type Listener,
  listen,
  readTree,
  startRelay,
  type TmpDir,
  tmpDir,
  useEngine,
} from "@bk/testing";
import { expect, test, vi } from "vitest";
import { runBk } from "./bk.js";

integration.describe("Ctrl-C", () => {
  vi.setConfig({ testTimeout: 60_000 });

  test.each([
    [
      "an OCI tar",
      (out: TmpDir) => `type=oci,dest=${out.join("dir/image.tar")},compression=uncompressed`,
      ["ADD image.tar file old"],
    ],
    ["a directory", (out: TmpDir) => `type=local,dest=${out.join("dir")}`, ["ADD large file old"]],
  ])("in the middle of %s leaves what was there before, and nothing half", async (_, output, before) => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    await using context = await tmpDir();
    await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY large /\n");
    await writeFile(context.join("large"), Buffer.alloc(64 << 20, randomUUID()));
    await using out = await tmpDir();
    await mkdir(out.join("dir"));
    const [name = ""] = /\S+(?= file)/.exec(before[0] ?? "") ?? [];
    await writeFile(out.join(`dir/${name}`), "old");
    await using proxy = await freezableProxy(relay.address);
    // From then on nothing more arrives: the transfer cannot end.
    const interruptWhen = otherFile(out.join("dir"), name).then(proxy.freeze);

    const args = ["build", "--builder", proxy.listener.address, "-o", output(out), context.path];
    const result = await runBk(args, { interruptWhen });

    expect(result.exitCode, result.stderr).toBe(130);
    expect(result.stderr).toContain("bk: interrupted");
    expect(await readTree(out.join("dir"))).toEqual(before);
  });

  test("during a step ends it on the daemon, too, which lets go of what it held", async () => {
    const env = { DOCKER_HOST: useEngine().dockerHost };
    const id = randomUUID();
    const step = async (command: string, interruptAt?: string) => {
      await using context = await tmpDir();
      const shell = await addShell(context.path, useEngine());
      const mount = `--mount=type=cache,id=${id},target=/held,sharing=locked`;
      await writeFile(context.join("Dockerfile"), `${shell}FROM shell\nRUN ${mount} ${command}\n`);
      const args = ["build", "--label", `test=${id}`, "-o", "type=cacheonly", context.path];
      return await runBk(args, { env, ...(interruptAt !== undefined && { interruptAt }) });
    };

    const held = await step('echo hold"ing"; sleep 3600', "holding");
    expect(held.exitCode, held.stderr).toBe(130);

    // Waits for as long as the first one has the lock.
    const next = await step("true");
    expect(next.exitCode, next.stderr).toBe(0);
    const { stdout } = await runBk(["history", "ls", "--format", "json"], { env });
    const states = JSON.parse(stdout)
      .filter((build: { frontendAttrs: Record<string, string> }) => build.frontendAttrs["label:test"] === id)
      .map(({ state }: { state: string }) => state);
    expect(states).toEqual(["completed", "canceled"]);
  });
});

/** Resolves when another file than the one that is there appears in a directory. */
async function otherFile(dir: string, there: string): Promise<void> {
  for await (const { filename } of watch(dir)) if (filename !== there) return;
}

/** Passes connections on to an address, until it is frozen: then they stay open, and nothing comes of them. */
async function freezableProxy(
  address: string,
): Promise<AsyncDisposable & { readonly listener: Listener; freeze(): void }> {
  const upstreams = new Set<Socket>();
  const listener = await listen("unix", (client) => {
    const upstream = connect(address.replace("unix://", ""));
    upstreams.add(upstream);
    upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  return {
    listener,
    freeze() {
      for (const upstream of upstreams) upstream.unpipe().pause();
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
