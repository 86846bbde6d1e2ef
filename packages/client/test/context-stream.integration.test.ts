// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { integration, leakCheck, runImage, type TmpDir, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const run = promisify(execFile);

integration.describe("a context from a stream", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    async function build(options: BuildOptions): Promise<string> {
      await using opened = await openMode(mode);
      const tag = uniqueTag();
      await opened.client.build({ tag, output: textOutput(), ...options });
      return (await runImage(opened.engine.dockerSocket, tag)).output;
    }

    test.each([
      { name: "plain", flag: "-c" },
      { name: "with gzip", flag: "-cz" },
    ])("builds a tar, $name", async ({ flag }) => {
      await using dir = await tmpDir();
      await using context = await greetingContext();
      const archive = dir.join("context.tar");
      await run("tar", [flag, "-f", archive, "-C", context.path, "."]);

      const body = createReadStream(archive);

      expect(await build({ context: body })).toBe("hello\n");
      expect(body.destroyed).toBe(true);
    });

    test("takes the Dockerfile of another name in the tar, and one from outside", async () => {
      await using dir = await tmpDir();
      await using context = await greetingContext();
      await run("mkdir", [context.join("docker")]);
      await run("mv", [context.join("Dockerfile"), context.join("docker/app")]);
      const archive = dir.join("context.tar");
      await run("tar", ["-cf", archive, "-C", context.path, "."]);
      const dockerfile = createReadStream(context.join("docker/app"));

      expect(await build({ context: createReadStream(archive), dockerfile: "docker/app" })).toBe("hello\n");
      expect(await build({ context: createReadStream(archive), dockerfile })).toBe("hello\n");
    });

    test("takes the Dockerfile from a stream, for a directory", async () => {
      await using context = await greetingContext();
      const dockerfile = createReadStream(context.join("Dockerfile"));
      const opened = new Promise((resolve) => dockerfile.once("open", resolve));
      await opened;
      await rm(context.join("Dockerfile"));

      expect(await build({ contextDir: context.path, dockerfile })).toBe("hello\n");
    });

    test("takes a stream that is no archive for a Dockerfile without files", async () => {
      await using opened = await openMode(mode);
      const output = textOutput();
      const context = Readable.from(["FROM scratch AS a\nLABEL x=y\n", "FROM a\nCOPY missing /\n"]);

      const build = opened.client.build({ context, tag: uniqueTag(), output });

      await expect(build).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { message: expect.stringContaining("missing"), source: { line: 4 } },
      });
    });

    test("ends with the stream's error", async () => {
      await using dir = await tmpDir();
      await using context = await greetingContext();
      const archive = dir.join("context.tar");
      await run("tar", ["-cf", archive, "-C", context.path, "."]);
      const body = Readable.from(breakOff(createReadStream(archive)));

      await expect(build({ context: body })).rejects.toMatchObject({
        code: "BK_UPLOAD_FAILED",
        cause: { message: "the pipe broke" },
      });
    });
  });
});

function greetingContext(): Promise<TmpDir> {
  return shellContext('FROM shell\nCOPY greeting /\nRUN echo >> /greeting\nCMD ["cat", "/greeting"]\n');
}

async function* breakOff(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield chunk;
    throw new Error("the pipe broke");
  }
}
