// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { integration, startRelay, tmpDir, tree, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { runBk, sshStandIn } from "./bk.js";

integration.describe("a build through bk dial-stdio", () => {
  async function build(env: Readonly<Record<string, string>>): Promise<void> {
    await using standIn = await sshStandIn(env);
    await using out = await tmpDir();
    await using context = await tree("ADD greeting file hello");
    const args = ["build", "--builder", "ssh://elsewhere", "-f", "-", "-o", out.path, context.path];
    const result = await runBk(args, {
      env: { PATH: `${standIn.path}:${process.env["PATH"]}` },
      stdin: `FROM scratch\nARG UNIQUE=${Math.random()}\nCOPY greeting /\n`,
    });
    expect(result.exitCode, result.stderr).toBe(0);
    expect(await readFile(out.join("greeting"), "utf8")).toBe("hello");
  }

  test("takes context and result, with Docker's BuildKit", { timeout: 60_000 }, () =>
    build({ DOCKER_HOST: useEngine().dockerHost }),
  );

  test("takes context and result, with a standalone daemon", { timeout: 60_000 }, async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    await build({ BUILDKIT_HOST: relay.address });
  });
});
