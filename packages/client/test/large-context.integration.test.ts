// SPDX-License-Identifier: Apache-2.0
import fs, { mkdirSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { setImmediate as nextTurn } from "node:timers/promises";
import { integration, leakCheck, removeImage, runImage, type TmpDir } from "@bk/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type OpenMode, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const DIRECTORIES = 100;
const FILES_EACH = 1000;

const DOCKERFILE = `FROM shell
RUN --mount=target=/ctx find /ctx/files -type f | wc -l > /seen; cat /ctx/files/42/42 >> /seen || true
CMD cat /seen
`;

integration.describe("a context of 100,000 files", () => {
  const tag = uniqueTag();
  let context: TmpDir;

  beforeAll(async () => {
    context = await shellContext(DOCKERFILE);
    await writeFiles(context.join("files"));
    await using opened = await openMode("embedded");
    expect(await build(opened)).toMatchObject({ filesSent: 100_000 });
  }, 300_000);

  /** The daemon would keep its copy for days: it is emptied like the context. */
  afterAll(async () => {
    await rm(context.join("files"), { recursive: true });
    await using opened = await openMode("embedded");
    await build(opened);
    await removeImage(opened.engine.dockerSocket, tag);
    await context[Symbol.asyncDispose]();
  }, 300_000);

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 120_000 }, (mode) => {
    leakCheck();

    test("sends no file data when nothing has changed", async () => {
      await using opened = await openMode(mode);

      expect(await build(opened)).toMatchObject({ filesSent: 0 });
    });

    test("sends only the file that was written to", async () => {
      await using opened = await openMode(mode);
      await writeFile(context.join("files/42/42"), `written for ${mode}`);

      expect(await build(opened)).toMatchObject({ filesSent: 1 });

      const { output } = await runImage(opened.engine.dockerSocket, tag);
      expect(output).toBe(`100000\nwritten for ${mode}`);
    });
  });

  /** Counts the files that were opened: a file of which data is sent has to be. */
  async function build({ client }: OpenMode): Promise<{ filesSent: number }> {
    const opens = vi.spyOn(fs, "openSync");
    syncBuiltinESMExports();
    try {
      await client.build({ contextDir: context.path, tag, output: textOutput() });
      const paths = opens.mock.calls.map(([path]) => String(path));
      return { filesSent: paths.filter((path) => path.startsWith(context.join("files/"))).length };
    } finally {
      opens.mockRestore();
      syncBuiltinESMExports();
    }
  }
});

async function writeFiles(dir: string): Promise<void> {
  mkdirSync(dir);
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    mkdirSync(`${dir}/${directory}`);
    for (let file = 0; file < FILES_EACH; file++) {
      writeFileSync(`${dir}/${directory}/${file}`, `file ${file} of ${directory}`);
    }
    await nextTurn();
  }
}
