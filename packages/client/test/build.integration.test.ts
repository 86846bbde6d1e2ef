// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { inspectImage, integration, leakCheck, removeImage, runImage, useEngine } from "@bk/testing";
import { afterEach, describe, expect, test } from "vitest";
import { MODES, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("Client.build()", () => {
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

  describe.each(MODES)("%s", { timeout: 60_000 }, (mode) => {
    test("builds an image that runs, and says which", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell\nCOPY greeting /greeting\nRUN cat /greeting > /said\nCMD cat /said\n",
      );
      const tag = newTag();

      const result = await opened.client.build({ contextDir: context.path, tag, output: textOutput() });

      expect(result.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(result.configDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(result.ref).not.toBe("");
      expect((await runImage(opened.engine.dockerSocket, tag)).output).toContain("hello");
    });

    test("rebuilds from the cache, and runs every step again with noCache", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell\nCOPY greeting /greeting\nRUN cat /proc/sys/kernel/random/uuid > /id\n",
      );
      const tag = newTag();
      const build = async (noCache: boolean) => {
        const output = textOutput();
        const { configDigest } = await opened.client.build({
          contextDir: context.path,
          tag,
          noCache,
          output,
        });
        return { configDigest, text: output.text };
      };

      const first = await build(false);
      const second = await build(false);
      const third = await build(true);

      expect(second.configDigest).toBe(first.configDigest);
      expect(second.text).toMatch(/RUN cat \/proc.*\n#\d+ CACHED/);
      expect(third.configDigest).not.toBe(first.configDigest);
      expect(third.text).not.toMatch(/RUN cat \/proc.*\n#\d+ CACHED/);
    });

    test("passes build args, labels, the target and several tags", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell AS one\nARG WHO=nobody\nRUN echo $WHO > /who\nCMD cat /who\nFROM one AS two\nRUN exit 1\n",
      );
      const [tag, other] = [newTag(), newTag()];

      await opened.client.build({
        contextDir: context.path,
        tag: [tag, other],
        target: "one",
        buildArgs: { WHO: "world" },
        labels: { "org.example.kind": "a test" },
        output: textOutput(),
      });

      const { dockerSocket } = opened.engine;
      expect((await runImage(dockerSocket, tag)).output).toContain("world");
      expect((await inspectImage(dockerSocket, tag)).Config.Labels).toMatchObject({
        "org.example.kind": "a test",
      });
      expect((await inspectImage(dockerSocket, other)).Id).toBe((await inspectImage(dockerSocket, tag)).Id);
    });

    test("builds for the platform that is asked for", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("");
      await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY greeting /\n");
      const tag = newTag();

      await opened.client.build({
        contextDir: context.path,
        tag,
        platform: "linux/arm64",
        output: textOutput(),
      });

      expect(await inspectImage(opened.engine.dockerSocket, tag)).toMatchObject({
        Os: "linux",
        Architecture: "arm64",
      });
    });

    test("takes a Dockerfile as text, or from another place", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("", "ADD other dir");
      const tag = newTag();
      await writeFile(context.join("other", "my.Dockerfile"), "FROM scratch\nCOPY greeting /b\n");
      const build = (dockerfile: string | { text: string }) =>
        opened.client.build({ contextDir: context.path, tag, dockerfile, output: textOutput() });

      const inline = await build({ text: "FROM scratch\nCOPY greeting /a\n" });
      const elsewhere = await build(context.join("other", "my.Dockerfile"));

      expect(inline.imageDigest).not.toBe(elsewhere.imageDigest);
    });

    test("leaves out what .dockerignore names", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell\nCOPY . /ctx\nCMD ls /ctx\n",
        "ADD drop.log file x",
        "ADD keep.log file x",
      );
      await writeFile(context.join(".dockerignore"), "*.log\n!keep.log\n");
      const tag = newTag();

      await opened.client.build({ contextDir: context.path, tag, output: textOutput() });

      const { output } = await runImage(opened.engine.dockerSocket, tag);
      expect(output).toContain("keep.log");
      expect(output).not.toContain("drop.log");
    });
  });

  test("builds an untagged image when embedded, and asks for a tag when standalone", async () => {
    await using embedded = await openMode("embedded");
    await using standalone = await openMode("unix");
    await using context = await shellContext("FROM shell\nCMD echo untagged\n");
    const options = { contextDir: context.path, output: textOutput() };

    const { imageDigest } = await embedded.client.build(options);

    expect((await runImage(embedded.engine.dockerSocket, imageDigest ?? "")).output).toContain("untagged");
    await removeImage(embedded.engine.dockerSocket, imageDigest ?? "");
    await expect(standalone.client.build(options)).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID" });
  });
});
