// SPDX-License-Identifier: Apache-2.0
import { integration, leakCheck, removeImage } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const DOCKERFILE = "FROM shell\nCOPY greeting /\nRUN sha256sum /greeting\n";

integration.describe("onProgress", () => {
  leakCheck();

  describe.each([
    ["embedded", []],
    ["unix", ["load"]],
  ] as const)("%s", { timeout: 60_000 }, (mode, last) => {
    test("tells the phases of a build, and how far it is", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(DOCKERFILE);
      const tag = uniqueTag();
      const events: ProgressEvent[] = [];

      await opened.client.build({
        contextDir: context.path,
        tag,
        noCache: true,
        output: textOutput(),
        onProgress: (event) => events.push(event),
      });
      await removeImage(opened.engine.dockerSocket, tag);

      const completed = events.flatMap((event) =>
        event.type === "phase" && event.state === "completed" ? [event.phase] : [],
      );
      expect(new Set(completed)).toEqual(
        new Set([...completed, "scan", "transfer", "run", "export", ...last]),
      );
      expect(events.at(-1)).toEqual({ type: "progress", fraction: 1, remainingMs: 0 });
    });
  });

  test("fails the build with what it throws", async () => {
    await using opened = await openMode("embedded");
    await using context = await shellContext(DOCKERFILE);
    const error = new Error("no more bars");
    const building = opened.client.build({
      contextDir: context.path,
      output: textOutput(),
      onProgress() {
        throw error;
      },
    });
    await expect(building).rejects.toBe(error);
  });
});
