// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { addShell, integration, removeImage, runImage, startRelay, tmpDir, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { type BkResult, runBk } from "./bk.js";

const tag = "bk-cli-test:latest";

integration.describe("bk build", () => {
  async function build(
    steps: string,
    env: Readonly<Record<string, string>>,
    interruptAt?: string,
  ): Promise<BkResult> {
    await using context = await tmpDir();
    const shell = await addShell(context.path, useEngine());
    await writeFile(path.join(context.path, "Dockerfile"), `${shell}FROM shell\nARG NAME\n${steps}\n`);
    const args = ["build", "-t", tag, "--build-arg", "NAME=cli", context.path];
    return await runBk(args, { env, ...(interruptAt !== undefined && { interruptAt }) });
  }

  const steps = 'RUN echo "hello $NAME" > /hello\nCMD ["cat", "/hello"]';

  test("builds with the BuildKit inside Docker", { timeout: 60_000 }, async () => {
    const { dockerHost, dockerSocket } = useEngine();
    const { exitCode, stdout, stderr } = await build(steps, { DOCKER_HOST: dockerHost });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(await runImage(dockerSocket, tag)).toEqual({ exitCode: 0, output: "hello cli\n" });
    await removeImage(dockerSocket, tag);
  });

  test("builds with a standalone daemon and loads the image", { timeout: 60_000 }, async () => {
    const { dockerHost, dockerSocket } = useEngine();
    await using relay = await startRelay({ dockerSocket, listen: "unix" });
    const { exitCode, stderr } = await build(steps, {
      BUILDKIT_HOST: relay.address,
      DOCKER_HOST: dockerHost,
    });
    expect(exitCode, stderr).toBe(0);
    expect(await runImage(dockerSocket, tag)).toEqual({ exitCode: 0, output: "hello cli\n" });
    await removeImage(dockerSocket, tag);
  });

  test("exits 1 for a failing step and shows it", { timeout: 60_000 }, async () => {
    const { dockerHost } = useEngine();
    const { exitCode, stdout, stderr } = await build("RUN echo reason; exit 7", { DOCKER_HOST: dockerHost });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/Build failed at Dockerfile:\d+: RUN echo reason; exit 7 .*exit code 7/);
  });

  test("exits 130 when it is interrupted during a step", { timeout: 60_000 }, async () => {
    const { dockerHost } = useEngine();
    // The quotes keep the step's name from holding the word that it prints. A new step each time is not cached.
    const slow = `RUN echo run"n"ing ${Date.now()}; sleep 60`;
    const { exitCode, stderr } = await build(slow, { DOCKER_HOST: dockerHost }, "running");
    expect(exitCode).toBe(130);
    expect(stderr).toContain("bk: interrupted");
  });
});
