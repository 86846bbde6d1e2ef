// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import {
  addShell,
  integration,
  startGitServer,
  startRegistry,
  type TmpDir,
  tmpDir,
  tree,
  useEngine,
} from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

integration.describe("bk build, what it may use and what its steps run with", () => {
  const env = () => ({ DOCKER_HOST: useEngine().dockerHost });

  test("takes a git repository, and contexts by name", {
    timeout: 60_000,
  }, async () => {
    await using out = await tmpDir();
    await using assets = await tree("ADD logo file svg");
    await using sources = await tree("ADD app file v2");
    await writeFile(sources.join("Dockerfile"), "FROM scratch\nCOPY app /\nCOPY --from=assets logo /\n");
    await using repository = await startGitServer();
    await repository.commit(sources.path, "main");

    const { exitCode, stderr } = await runBk(
      [
        "build",
        ...["--build-context", `assets=${assets.path}`],
        ...["--output", `type=local,dest=${out.path}`],
        `${repository.url}#main`,
      ],
      { env: env() },
    );

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await readFile(out.join("logo"), "utf8")).toBe("svg");
    expect(await readFile(out.join("app"), "utf8")).toBe("v2");
  });

  test("runs steps with hosts, limits and networks", { timeout: 60_000 }, async () => {
    await using out = await tmpDir();
    await using context = await shellContext(
      "RUN (grep db.test /etc/hosts; ulimit -Sn; df -k /dev/shm | tail -n 1; ls /sys/class/net) > /printed",
    );
    const { exitCode, stderr } = await runBk(
      [
        "build",
        ...["--add-host", "db.test:192.0.2.7", "--ulimit", "nofile=100:200", "--shm-size", "8m"],
        ...["--network", "none", "--no-cache-filter", "step"],
        ...["--output", `type=local,dest=${out.path}`],
        context.path,
      ],
      { env: env() },
    );

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await readFile(out.join("printed"), "utf8")).toMatch(
      /^192.0.2.7\tdb.test\n100\ntmpfs\s+8192 .*\nlo\n$/,
    );
  });

  test("states provenance by default, as docker buildx does, and not with --provenance=false", {
    timeout: 60_000,
  }, async () => {
    await using registry = await startRegistry({ engine: useEngine() });
    await using context = await tree('ADD Dockerfile file ""', "ADD app file x");
    await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY app /\n");
    const pushed = async (...flags: readonly string[]) => {
      const image = `${registry.host}/app`;
      const output = "type=image,push=true";
      const result = await runBk(["build", "-t", image, "-o", output, ...flags, context.path], {
        env: env(),
      });
      const url = `http://${image.replace("/", "/v2/")}/manifests/${result.stdout.trim()}`;
      return (await fetch(url, { headers: { accept: ACCEPT } })).json();
    };

    expect(await pushed()).toMatchObject({ manifests: [{}, {}] });
    expect(await pushed("--provenance=false")).toMatchObject({ layers: [{}] });
    await expect(pushed("--annotation", "org.example.a=b", "--provenance=false")).resolves.toMatchObject({
      annotations: { "org.example.a": "b" },
    });
  });

  test("names the flag's option that makes no sense, before a daemon is looked for", async () => {
    const { exitCode, stderr } = await runBk(["build", "--network", "bridge", "."], {
      env: { DOCKER_HOST: "unix:///nonexistent" },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("bridge");
  });
});

const ACCEPT =
  "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/** A context whose stage `step` has busybox, and of which one file is left. */
async function shellContext(step: string): Promise<TmpDir> {
  const context = await tree();
  const shell = await addShell(context.path, useEngine());
  const text = `${shell}FROM shell AS step\n${step}\nFROM scratch\nCOPY --from=step /printed /\n`;
  await writeFile(context.join("Dockerfile"), text);
  return context;
}
