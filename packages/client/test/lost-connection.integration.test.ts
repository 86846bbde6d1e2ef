// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";
import { integration, leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { SessionError, TransportError } from "../src/index.js";
import { CUTTABLE_MODES, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const PHASES = [
  { phase: "as the build begins", dockerfile: "FROM shell\nRUN sleep 300\n", when: /#1 / },
  { phase: "while the context is sent", dockerfile: "FROM shell\nCOPY big /\n", when: /load build context/ },
  { phase: "while a step runs", dockerfile: "FROM shell\nRUN echo started; sleep 300\n", when: /started\n/ },
  { phase: "while the image is exported", dockerfile: "FROM shell\nCOPY big /\n", when: /exporting to/ },
];

integration.describe("a connection that is cut during a build", () => {
  leakCheck();

  describe.each(CUTTABLE_MODES)("%s", { timeout: 60_000 }, (mode) => {
    test.each(PHASES)("$phase: rejects with what was lost", async ({ dockerfile, when }) => {
      await using opened = await openMode(mode);
      await using context = await shellContext(dockerfile);
      const big = await open(context.join("big"), "w");
      await big.truncate(256 << 20);
      await big.close();
      const output = textOutput();
      const build = opened.client.build({
        contextDir: context.path,
        tag: uniqueTag(),
        noCache: true,
        output,
      });
      build.catch(() => {});
      await output.waitFor(when);

      await opened.cut();

      const settled = await build.then(
        () => "the build went on",
        (error: unknown) => error,
      );
      expect(settled).toSatisfy(
        (error) => TransportError.is(error) || SessionError.is(error),
        String(settled),
      );
      expect(settled).toMatchObject({ message: expect.stringContaining("lost") });
    });
  });

  test("the next build connects anew", { timeout: 60_000 }, async () => {
    await using opened = await openMode("tcp");
    await opened.client.ping();

    await opened.cut();

    await expect(opened.client.ping()).resolves.toBeUndefined();
  });
});
