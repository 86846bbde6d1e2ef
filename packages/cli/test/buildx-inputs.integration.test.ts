// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Client } from "@bk/client";
import { listBuilds } from "@bk/solver";
import { integration, type TmpDir, tree, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

const run = promisify(execFile);

integration.describe("bk build and docker buildx build", () => {
  test("ask the daemon for the same, given the same command line", { timeout: 60_000 }, async () => {
    await using context = await tree("ADD src dir", "ADD src/file file x");
    await writeFile(
      context.join("Dockerfile"),
      "FROM scratch AS step\nCOPY --from=src file /\nFROM broken\n",
    );
    const env = { SOURCE_DATE_EPOCH: "1700000000", ONLY_NAMED: "of the environment" };
    const id = randomUUID();
    const args = (who: string) => ["build", "--label", `test=${id}-${who}`, ...inputs(context), context.path];

    const bk = await runBk(args("bk"), { env: { ...env, DOCKER_HOST: useEngine().dockerHost } });
    await buildx(args("buildx"), env);

    expect(bk).toMatchObject({ exitCode: 0 });
    const [ours, theirs] = await attrsOf(`${id}-bk`, `${id}-buildx`);
    expect(Object.keys(ours).length).toBeGreaterThan(15);
    expect(ours).toEqual(theirs);
  });
});

function inputs(context: TmpDir): readonly string[] {
  return [
    ...["--add-host", "a:192.0.2.1,b=[2001:db8::1]", "--add-host", "machine:host-gateway"],
    ...["--allow", "network.host", "--network", "none", "--cgroup-parent", "bk-test"],
    ...["--shm-size", "8m", "--ulimit", "nofile=100:200", "--ulimit", "core=-1"],
    ...["--build-arg", "A=b=c", "--build-arg", "ONLY_NAMED", "--build-arg", "NOT_THERE"],
    ...["--build-context", `src=${context.join("src")}`],
    ...["--build-context", "docker.io/library/base:latest=docker-image://alpine"],
    ...["--build-context", "repository=https://localhost/app.git?ref=main#main"],
    ...["--no-cache-filter", "step,other", "--pull", "--target", "step", "--platform", "linux/amd64"],
    ...["--output", `type=local,dest=${context.join("out")}`],
    ...["--provenance", "mode=max,builder-id=https://ci.example/1", "--label", "empty"],
  ];
}

async function buildx(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const { docker = "docker", dockerHost, dockerConfig } = useEngine();
  const where = {
    DOCKER_HOST: dockerHost,
    ...(dockerConfig !== undefined && { DOCKER_CONFIG: dockerConfig }),
  };
  await run(docker, ["buildx", ...args], { env: { ...process.env, ...where, ...env } });
}

/** The frontend attributes of builds in the daemon's history, less what is each client's own. */
async function attrsOf(...labels: readonly string[]): Promise<[Attrs, Attrs]> {
  await using client = Client.embedded({ env: { DOCKER_HOST: useEngine().dockerHost } });
  const builds = await listBuilds(client.daemon);
  const [ours = {}, theirs = {}] = labels.map((label) =>
    Object.fromEntries(
      Object.entries(
        builds.find(({ frontendAttrs }) => frontendAttrs["label:test"] === label)?.frontendAttrs ?? {},
      ).filter(([name]) => name !== "label:test" && !name.startsWith("sharedkey:")),
    ),
  );
  return [ours, theirs];
}

type Attrs = Readonly<Record<string, string>>;
