// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import {
  forgetSteps,
  inspectImage,
  integration,
  leakCheck,
  readTree,
  removeImage,
  startRegistry,
  startRelay,
  type TmpDir,
  tmpDir,
  tree,
  useEngine,
} from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

async function plainContext(): Promise<TmpDir> {
  const context = await tree("ADD greeting file hello");
  await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY greeting /\n");
  return context;
}

integration.describe("bk build with outputs", () => {
  leakCheck();

  test("puts files into a directory, and a tar on stdout with nothing beside it", {
    timeout: 60_000,
  }, async () => {
    await using context = await plainContext();
    await using out = await tmpDir();
    const env = { DOCKER_HOST: useEngine().dockerHost };

    const both = await runBk(["build", "-o", out.join("files"), "-o", "-", context.path], { env });

    expect(both.exitCode, both.stderr).toBe(0);
    expect(await readTree(out.join("files"))).toEqual(["ADD greeting file hello"]);
    expect(both.stdout).toMatch(/^greeting\0.*hello\0+$/s);
  });

  test("pushes, and writes the metadata", { timeout: 60_000 }, async () => {
    const engine = useEngine();
    await using relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
    await using registry = await startRegistry({ engine });
    await using context = await plainContext();
    await using out = await tmpDir();
    const tag = `${registry.host}/app:1`;

    const { exitCode, stdout, stderr } = await runBk(
      ["build", "-t", tag, "--push", "--metadata-file", out.join("metadata.json"), context.path],
      { env: { BUILDKIT_HOST: relay.address } },
    );

    expect(exitCode, stderr).toBe(0);
    const metadata = JSON.parse(await readFile(out.join("metadata.json"), "utf8"));
    expect(metadata).toMatchObject({ "containerimage.digest": stdout.trim(), "image.name": tag });
    const pushed = await fetch(`http://${registry.host}/v2/app/tags/list`);
    expect(await pushed.json()).toEqual({ name: "app", tags: ["1"] });
    await removeImage(engine.dockerSocket, tag);
  });

  // A push beside it would put the same image under the same name: behind the relay is the store that is loaded into.
  test("loads, and writes the ID", { timeout: 60_000 }, async () => {
    const engine = useEngine();
    await using relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
    await using context = await plainContext();
    await using out = await tmpDir();
    const tag = `bk-test:${randomUUID()}`;

    const { exitCode, stderr } = await runBk(
      ["build", "-t", tag, "--load", "--iidfile", out.join("iid"), context.path],
      { env: { BUILDKIT_HOST: relay.address, DOCKER_HOST: engine.dockerHost } },
    );

    expect(exitCode, stderr).toBe(0);
    const { Id } = await inspectImage(engine.dockerSocket, tag);
    expect(await readFile(out.join("iid"), "utf8")).toBe(Id);
    await removeImage(engine.dockerSocket, tag);
  });

  test("keeps its steps in a registry", { timeout: 60_000 }, async () => {
    const engine = useEngine();
    await using registry = await startRegistry({ engine });
    const file = randomUUID();
    await using context = await tree(`ADD ${file} file hello`);
    await writeFile(context.join("Dockerfile"), `FROM scratch\nCOPY ${file} /\n`);
    const env = { DOCKER_HOST: engine.dockerHost };
    const cache = `type=registry,ref=${registry.host}/app:cache`;
    const build = (...flags: readonly string[]) =>
      runBk(["build", "-o", "type=cacheonly", ...flags, context.path], { env });

    const written = await build("--cache-to", `${cache},mode=max`);
    await forgetSteps(engine.dockerSocket, file);
    const read = await build("--cache-from", `${registry.host}/app:cache`);

    expect(written.exitCode, written.stderr).toBe(0);
    expect(read.exitCode, read.stderr).toBe(0);
    expect(read.stderr).toMatch(/CACHED/);
  });

  test.each([
    [["-o", "type=image,pussh=true"], "Did you mean push?"],
    [["--cache-to", "type=s3,buckett=b"], "Did you mean bucket?"],
    [["--cache-from", "type=gha"], "ACTIONS_RUNTIME_TOKEN is not set"],
    [["-o", "a", "-o", "./b/../a"], "both write to"],
  ])("exits 2 for %j", { timeout: 20_000 }, async (flags, shown) => {
    await using context = await plainContext();
    const env = { DOCKER_HOST: useEngine().dockerHost, ACTIONS_RUNTIME_TOKEN: "" };
    const { exitCode, stderr } = await runBk(["build", ...flags, context.path], { env });
    expect(stderr).toContain(shown);
    expect(exitCode).toBe(2);
  });
});
