// SPDX-License-Identifier: Apache-2.0
import { integration, leakCheck, removeImage } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { MODES, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("builds at the same time", () => {
  leakCheck();

  describe.each(MODES)("%s", { timeout: 120_000 }, (mode) => {
    test.each([2, 20])("runs %i builds on one client", async (count) => {
      await using opened = await openMode(mode);
      await using context = await shellContext("FROM shell\nARG N\nCOPY greeting /\nRUN echo build $N\n");
      const tags = Array.from({ length: count }, uniqueTag);

      const outputs = await Promise.all(
        tags.map(async (tag, index) => {
          const output = textOutput();
          await opened.client.build({ contextDir: context.path, tag, buildArgs: { N: `${index}` }, output });
          return output.text;
        }),
      );

      for (const [index, text] of outputs.entries()) expect(text).toContain(`build ${index}\n`);
      for (const tag of tags) await removeImage(opened.engine.dockerSocket, tag);
    });

    test("a failing build leaves the others alone", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("FROM shell\nARG CODE\nRUN exit $CODE\n");
      const tag = uniqueTag();
      const build = (code: string) =>
        opened.client.build({
          contextDir: context.path,
          tag,
          buildArgs: { CODE: code },
          noCache: true,
          output: textOutput(),
        });

      const [good, bad] = await Promise.allSettled([build("0"), build("4")]);

      expect(good.status).toBe("fulfilled");
      expect(bad).toMatchObject({ status: "rejected", reason: { failure: { exitCode: 4 } } });
      await removeImage(opened.engine.dockerSocket, tag);
    });

    test("an abort during RUN rejects with its reason, long before the step would end", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("FROM shell\nRUN echo started; sleep 300\n");
      const abort = new AbortController();
      const reason = new Error("changed my mind");
      const output = textOutput();
      const build = opened.client.build({
        contextDir: context.path,
        tag: uniqueTag(),
        noCache: true,
        output,
        signal: abort.signal,
      });
      build.catch(() => {});
      await output.waitFor(/started\n/);

      abort.abort(reason);

      await expect(build).rejects.toBe(reason);
      await expect(opened.client.ping()).resolves.toBeUndefined();
    });
  });
});
