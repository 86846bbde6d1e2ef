// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from "node:fs";
import { chmod, truncate, writeFile } from "node:fs/promises";
import {
  buildWithBuildx,
  formatLayerEntry,
  integration,
  leakCheck,
  readImageEntries,
  removeImage,
  tree,
  useEngine,
} from "@bk/testing";
import { afterEach, describe, expect, test } from "vitest";
import { everyKindOfEntry } from "./helpers/every-kind.js";
import { openMode } from "./helpers/modes.js";
import { uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("the context of a build", () => {
  leakCheck();
  const tags: string[] = [];
  const newTag = () => {
    const tag = uniqueTag();
    tags.push(tag);
    return tag;
  };
  afterEach(async () => {
    for (const tag of tags.splice(0)) await removeImage(useEngine().dockerSocket, tag);
  }, 60_000);

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test("arrives as docker buildx build sends it, whatever kinds of entries it has", async () => {
      await using opened = await openMode(mode);
      await using context = await everyKindOfEntry();
      const [theirs, ours] = [newTag(), newTag()];
      const build = { contextDir: context.path, noCache: true, output: textOutput() };

      await buildWithBuildx(opened.engine, context.path, theirs);
      await opened.client.build({ ...build, tag: ours });

      const [expected, arrived] = [await readContext(theirs), await readContext(ours)];
      expect(arrived.entries).toEqual(expected.entries);
      expect(arrived.stats).toEqual(expected.stats);
      expect(arrived.types).toEqual(expect.arrayContaining(["directory", "fifo", "file", "link", "symlink"]));
    });

    test("is refused when a name is not UTF-8, as docker buildx build refuses it", async () => {
      await using opened = await openMode(mode);
      await using context = await tree('ADD Dockerfile file "FROM scratch\\nCOPY . /"');
      await writeFile(Buffer.from(context.join("caf\xe9"), "latin1"), "");
      const tag = newTag();

      const theirs = buildWithBuildx(opened.engine, context.path, tag);
      await expect(theirs).rejects.toThrow("invalid UTF-8");
      const ours = opened.client.build({ contextDir: context.path, tag, output: textOutput() });
      await expect(ours).rejects.toThrow("invalid UTF-8");
    });

    test("fails the build when a file changes while it is sent, and names the file", async () => {
      await using opened = await openMode(mode);
      await using context = await tree('ADD Dockerfile file "FROM scratch\\nCOPY . /"');
      const file = context.join("growing.log");
      await writeFile(file, "");
      await truncate(file, 256 << 20);
      // No file of this size is sent between two of these.
      const growing = setInterval(() => appendFileSync(file, "more\n"), 5);

      const build = opened.client.build({ contextDir: context.path, tag: newTag(), output: textOutput() });
      const error: unknown = await build
        .catch((cause: unknown) => cause)
        .finally(() => clearInterval(growing));

      expect(error).toMatchObject({
        code: "BK_CONTEXT_CHANGED",
        message: expect.stringContaining("growing.log"),
      });
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "fails over a file that may not be read, or goes on without it, as asked",
    { timeout: 60_000 },
    async () => {
      await using opened = await openMode("tcp");
      await using context = await tree(
        'ADD Dockerfile file "FROM scratch\\nCOPY . /"',
        "ADD secret file x",
        "ADD plain file y",
      );
      await chmod(context.path, 0o755);
      await chmod(context.join("secret"), 0o600);
      const skipped: string[] = [];
      const build = (onUnreadable: "error" | "skip") =>
        opened.client.build({
          contextDir: context.path,
          exports: [],
          output: textOutput(),
          onUnreadable,
          onSyncProgress: (progress) => {
            if (progress.done) skipped.push(...progress.skipped.map(({ path }) => path));
          },
        });

      process.seteuid?.(65_534);
      try {
        await expect(build("error")).rejects.toMatchObject({
          code: "BK_CONTEXT_UNREADABLE",
          message: expect.stringMatching(/secret .*permission denied/),
        });
        await build("skip");
      } finally {
        process.seteuid?.(0);
      }

      expect(skipped).toEqual(["secret"]);
    },
  );
});

interface ArrivedContext {
  /** Of the image's layers, one line each. */
  readonly entries: readonly string[];
  /** What the build itself saw of them, one line each. */
  readonly stats: readonly string[];
  readonly types: readonly string[];
}

/** What the Dockerfile of everyKindOfEntry() has put into an image. */
async function readContext(image: string): Promise<ArrivedContext> {
  const entries = await readImageEntries(useEngine().dockerSocket, image);
  const stats = entries.find(({ path }) => path === "stats")?.data.toString("utf8") ?? "";
  // The build made these two, so that their times differ.
  const sent = entries.filter(({ path }) => path !== "stats" && path !== "ctx");
  return {
    entries: sent.map(formatLayerEntry),
    stats: stats.split("\n"),
    types: sent.map(({ header }) => header.type),
  };
}
