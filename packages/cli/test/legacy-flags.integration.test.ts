// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { Client } from "@bk/client";
import { listBuilds } from "@bk/solver";
import { integration, tmpDir, tree, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

integration.describe("bk build, by flags that docker buildx hides", () => {
  const env = () => ({ DOCKER_HOST: useEngine().dockerHost });

  test("limits resources by the older flags too", { timeout: 60_000 }, async () => {
    await using context = await tree("ADD file file x");
    const id = randomUUID();
    const flags = [
      ...["--memory", "64m", "--memory-swap", "-1", "--cpu-shares", "512", "--cpu-period", "100000"],
      ...["--cpu-quota", "50000", "--cpuset-cpus", "0", "--cpuset-mems", "0", "--resource", "memory=128m"],
    ];

    const stdin = "FROM scratch\nENV A=b\n";
    const args = [
      "build",
      "-f",
      "-",
      "--label",
      `test=${id}`,
      "-o",
      "type=cacheonly",
      ...flags,
      context.path,
    ];
    expect(await runBk(args, { env: env(), stdin })).toMatchObject({ exitCode: 0 });

    await using client = Client.embedded({ env: env() });
    const found = (await listBuilds(client.daemon)).find(
      ({ frontendAttrs }) => frontendAttrs["label:test"] === id,
    );
    expect(found?.frontendAttrs).toMatchObject({
      memory: String(128 << 20),
      memswap: "-1",
      cpushares: "512",
      cpuperiod: "100000",
      cpuquota: "50000",
      cpusetcpus: "0",
      cpusetmems: "0",
    });
  });

  test("says which make no difference, and goes on", { timeout: 60_000 }, async () => {
    await using context = await tree("ADD file file x");
    await using out = await tmpDir();
    const args = ["build", "--rm", "--force-rm", "--compress", "--file", "-", "-o", out.path, context.path];
    const { exitCode, stderr } = await runBk(args, { env: env(), stdin: "FROM scratch\nCOPY file /\n" });
    expect(exitCode, stderr).toBe(0);
    for (const flag of ["--rm", "--force-rm", "--compress"])
      expect(stderr).toContain(`bk: ${flag} has no effect: `);
  });

  test("answers --print as --call", { timeout: 60_000 }, async () => {
    const options = { env: env(), stdin: "FROM scratch AS one\n" };
    const printed = await runBk(["build", "--print", "targets", "-"], options);
    expect(printed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("one") });
    const called = await runBk(["build", "--call", "targets", "-"], options);
    expect(printed.stdout).toBe(called.stdout);
  });

  test("refuses by --source-policy-file, and waits for the daemon with --wait", {
    timeout: 60_000,
  }, async () => {
    await using dir = await tree(
      'ADD policy.json file {"rules":[{"action":"DENY","selector":{"identifier":"docker-image://*"}}]}',
    );
    const args = ["build", "--wait", "--tag", "x", "--source-policy-file", dir.join("policy.json"), "-"];
    const { exitCode, stderr } = await runBk(args, { env: env(), stdin: "FROM nowhere.example/image\n" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/policy/);
  });
});
