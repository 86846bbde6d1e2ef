// SPDX-License-Identifier: Apache-2.0

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { addShell, integration, removeImage, runImage, startRelay, tmpDir, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { type BkResult, runBk } from "./bk.js";

const tag = "bk-cli-test:latest";
const run = promisify(execFile);

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

  test("builds a tar from stdin with a secret, which it never shows", { timeout: 60_000 }, async () => {
    const { dockerHost, dockerSocket } = useEngine();
    await using context = await tmpDir();
    const shell = await addShell(context.path, useEngine());
    const step =
      "RUN --mount=type=secret,id=TOKEN test $(wc -c < /run/secrets/TOKEN) = 7 && echo tar > /hello";
    await writeFile(path.join(context.path, "app"), `${shell}FROM shell\n${step}\nCMD ["cat", "/hello"]\n`);
    const { stdout: stdin } = await run("tar", ["-c", "-C", context.path, "."], {
      encoding: "buffer",
      maxBuffer: 1 << 26,
    });

    const args = ["build", "-t", tag, "-f", "app", "--secret", "id=TOKEN", "-"];
    const result = await runBk(args, { env: { DOCKER_HOST: dockerHost, TOKEN: "hunter2" }, stdin });

    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout + result.stderr).not.toContain("hunter2");
    expect(await runImage(dockerSocket, tag)).toEqual({ exitCode: 0, output: "tar\n" });
    await removeImage(dockerSocket, tag);
  });

  test("builds with a Dockerfile from stdin", { timeout: 60_000 }, async () => {
    const { dockerHost } = useEngine();
    await using context = await tmpDir();
    await writeFile(path.join(context.path, "file"), "x");
    const env = { DOCKER_HOST: dockerHost };
    const stdin = "FROM scratch\nCOPY file /\n";

    const withFiles = await runBk(["build", "-f", "-", context.path], { env, stdin });
    const without = await runBk(["build", "-"], { env, stdin });

    expect(withFiles.exitCode, withFiles.stderr).toBe(0);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain("Build failed at Dockerfile:2: COPY file /");
  });
});
