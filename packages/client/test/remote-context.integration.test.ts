// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import {
  integration,
  leakCheck,
  removeImage,
  runImage,
  startFileServer,
  startGitServer,
  type TmpDir,
  tmpDir,
  writeTree,
} from "@bk/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const run = promisify(execFile);

integration.describe("a context from a URL", () => {
  leakCheck();
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  }, 60_000);

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    async function build(options: BuildOptions): Promise<string> {
      await using opened = await openMode(mode);
      const { dockerSocket } = opened.engine;
      const tag = uniqueTag();
      cleanUps.push(() => removeImage(dockerSocket, tag));
      await opened.client.build({ tag, output: textOutput(), ...options });
      return (await runImage(dockerSocket, tag)).output;
    }

    test("builds a tar over HTTP", async () => {
      await using context = await greetingContext();
      await using dir = await tmpDir();
      await run("tar", ["-czf", dir.join("context.tar.gz"), "-C", context.path, "."]);
      await using server = await startFileServer(dir.path);

      expect(await build({ context: `${server.origin}/context.tar.gz` })).toBe("hello\n");
      expect(server.requests).toContain("/context.tar.gz");
    });

    test("takes a file over HTTP that is no archive for a Dockerfile", async () => {
      await using dir = await tmpDir();
      await using out = await tmpDir();
      await using opened = await openMode(mode);
      await writeFile(dir.join("anything"), "FROM scratch\nCOPY context /dockerfile\n");
      await using server = await startFileServer(dir.path);

      await opened.client.build({
        context: `${server.origin}/anything`,
        exports: [{ type: "local", dest: out.path }],
        output: textOutput(),
      });

      expect(await readFile(out.join("dockerfile"), "utf8")).toContain("COPY context /dockerfile");
    });

    test("builds a git repository: the default branch, another with a directory, or by query", async () => {
      await using context = await greetingContext();
      await using server = await startGitServer();
      await server.commit(context.path, "main");
      await run("mkdir", [context.join("docker")]);
      await writeTree(context.path, ["ADD docker/greeting file bonjour"]);
      await run("cp", [context.join("busybox"), context.join("Dockerfile"), context.join("docker")]);
      await server.commit(context.path, "french");

      expect(await build({ context: server.url })).toBe("hello\n");
      expect(await build({ context: `${server.url}#french:docker` })).toBe("bonjour\n");
      expect(await build({ context: `${server.url}?branch=french&subdir=docker` })).toBe("bonjour\n");
    });

    test("builds a private git repository with the token of a secret, which is shown nowhere", async () => {
      await using context = await greetingContext();
      const token = "hunter2";
      await using server = await startGitServer({ token });
      await server.commit(context.path, "main");
      const output = textOutput();

      const built = await build({
        context: server.url,
        secrets: { GIT_AUTH_TOKEN: { value: token } },
        output,
      });

      expect(built).toBe("hello\n");
      expect(output.text).toContain(server.url);
      expect(output.text).not.toContain(token);
      await expect(build({ context: server.url })).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });
    });

    test("takes a Dockerfile of another name in the repository, one of this machine, and one as text", async () => {
      await using context = await greetingContext();
      await using server = await startGitServer();
      await run("mv", [context.join("Dockerfile"), context.join("app.Dockerfile")]);
      await server.commit(context.path, "main");
      const text = await greetingDockerfile("elsewhere");
      await using local = await tmpDir();
      await writeFile(local.join("Dockerfile"), text);

      expect(await build({ context: server.url, dockerfile: "app.Dockerfile" })).toBe("hello\n");
      expect(await build({ context: server.url, dockerfile: local.join("Dockerfile") })).toBe(
        "hello elsewhere\n",
      );
      expect(await build({ context: server.url, dockerfile: { text } })).toBe("hello elsewhere\n");
    });

    test("fails with what the daemon could not fetch", async () => {
      await using dir = await tmpDir();
      await using server = await startFileServer(dir.path);

      await expect(build({ context: `${server.origin}/missing.tar` })).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringContaining("404"),
      });
      await expect(build({ context: `${server.origin}/missing.git` })).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringContaining("missing.git"),
      });
    });
  });
});

function greetingContext(): Promise<TmpDir> {
  return shellContext('FROM shell\nCOPY greeting /\nRUN echo >> /greeting\nCMD ["cat", "/greeting"]\n');
}

async function greetingDockerfile(word: string): Promise<string> {
  await using context = await shellContext(
    `FROM shell\nCOPY greeting /\nRUN echo " ${word}" >> /greeting\nCMD ["cat", "/greeting"]\n`,
  );
  return readFile(context.join("Dockerfile"), "utf8");
}
