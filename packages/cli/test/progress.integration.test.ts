// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { addShell, describeTerminal, integration, startTerminal, tmpDir, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

const main = fileURLToPath(new URL("../dist/main.cjs", import.meta.url));

/** A context whose steps are not cached. */
async function contextWith(steps: string) {
  const context = await tmpDir();
  const shell = await addShell(context.path, useEngine());
  const unique = `ARG UNIQUE=${process.pid}-${performance.now()}`;
  await writeFile(path.join(context.path, "Dockerfile"), `${shell}FROM shell\n${unique}\n${steps}\n`);
  return context;
}

integration.describe("bk build --progress", () => {
  const failing = "RUN echo the reason; exit 7";

  async function fail(...args: readonly string[]) {
    await using context = await contextWith(failing);
    return await runBk(["build", ...args, context.path], { env: { DOCKER_HOST: useEngine().dockerHost } });
  }

  test("shows text in a pipe, and what failed once", { timeout: 60_000 }, async () => {
    const { stderr } = await fail();
    expect(stderr).toMatch(/^#1 \[internal\] load build definition/);
    // As it came, and at the end; not with the error once more.
    expect(stderr.match(/^(#\d+ )?\d\.\d{3} the reason$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/Build failed at Dockerfile:\d+: RUN echo the reason/);
    expect(stderr).not.toContain("Last lines of output");
  });

  test("--quiet shows what failed, and nothing but the digest of what did not", {
    timeout: 60_000,
  }, async () => {
    const { stderr } = await fail("--quiet");
    expect(stderr).toMatch(
      /^------\n > \[.*\] RUN echo the reason; exit 7:\nthe reason\n------\n\nBuild failed at/,
    );

    await using context = await contextWith("RUN true");
    const env = { DOCKER_HOST: useEngine().dockerHost };
    const done = await runBk(["build", "-q", context.path], { env });
    expect(done).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
    });
  });

  test("rawjson is JSON by lines, and then the error with its output", { timeout: 60_000 }, async () => {
    const { stderr } = await fail("--progress", "rawjson");
    const lines = stderr.split("\n");
    const end = lines.findIndex((line) => !line.startsWith("{"));
    const messages = lines.slice(0, end).map((line) => JSON.parse(line));
    expect(messages.flatMap(({ vertexes = [] }) => vertexes)).toContainEqual(
      expect.objectContaining({
        name: expect.stringContaining("RUN echo the reason"),
        error: expect.any(String),
      }),
    );
    expect(lines.slice(end).join("\n")).toMatch(
      /^\nBuild failed at .*Last lines of output:\n {2}the reason\n\nTry: /s,
    );
  });

  test("none shows nothing but the error", { timeout: 60_000 }, async () => {
    const { stderr } = await fail("--progress", "none");
    expect(stderr).toMatch(/^\nBuild failed at/);
  });

  test("a finished build can be replayed as JSON", { timeout: 60_000 }, async () => {
    await using context = await contextWith("RUN echo again");
    const env = { DOCKER_HOST: useEngine().dockerHost };
    const metadata = context.join("metadata.json");
    await runBk(["build", "--metadata-file", metadata, context.path], { env });
    const { "buildx.build.ref": ref } = JSON.parse(await readFile(metadata, "utf8"));
    const id = String(ref).split("/").at(-1) ?? "";
    const json = await runBk(["history", "logs", "--progress", "rawjson", id], { env });
    const messages = json.stdout.trimEnd().split("\n");
    expect(messages.flatMap((line) => Object.keys(JSON.parse(line)))).toContain("logs");
    const plain = await runBk(["history", "logs", id], { env });
    expect(plain.stdout).toMatch(/^#\d+ \d\.\d{3} again$/m);
  });
});

describeTerminal("bk build on a terminal", () => {
  integration.describe("with an engine", () => {
    test("shows live lines, and at the end all steps, what failed and where", {
      timeout: 90_000,
    }, async () => {
      await using context = await contextWith("RUN echo first && echo wait > /wait\nRUN echo second; exit 3");
      await using terminal = await startTerminal({
        ...{ columns: 100, rows: 40 },
        command: [process.execPath, main, "build", context.path],
        env: { DOCKER_HOST: useEngine().dockerHost },
      });
      await terminal.waitFor(/\[\+\] Building \d+\.\ds \(\d+\/\d+\)/);
      const screen = (await terminal.waitFor(/\[exit 1\]/)).join("\n");
      expect(screen).toMatch(/^\[\+\] Building \d+\.\ds \(\d+\/\d+\)/);
      expect(screen).toMatch(/^ => \[stage-1 1\/2\] RUN echo first && echo wait > \/wait +\d\.\ds$/m);
      expect(screen).toMatch(/^ => ERROR \[stage-1 2\/2\] RUN echo second; exit 3 +\d\.\ds$/m);
      expect(screen).toMatch(/^------\n > \[stage-1 2\/2\] RUN echo second; exit 3:\nsecond\n------$/m);
      expect(screen).toMatch(/>>> RUN echo second; exit 3/);
      expect(screen.match(/^ *second$/gm)).toHaveLength(1);
    });

    test("leaves the terminal usable when it is interrupted", { timeout: 90_000 }, async () => {
      await using context = await contextWith('RUN echo run"n"ing; sleep 60');
      await using terminal = await startTerminal({
        ...{ columns: 80, rows: 24 },
        command: [process.execPath, main, "build", context.path],
        env: { DOCKER_HOST: useEngine().dockerHost },
      });
      await terminal.waitFor(/=> # running/);
      await terminal.type("C-c");
      const screen = await terminal.waitFor(/\[exit 130\]/);
      expect(screen.slice(-2)).toEqual(["bk: interrupted", "[exit 130]"]);
      expect(await terminal.cursor()).toEqual({ visible: true, wraps: true });
    });
  });
});
