// SPDX-License-Identifier: Apache-2.0
import { integration, removeImage } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

/** Keeps the event loop from turning, as a build tool that compiles in the same process may. */
function blockEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

integration.describe("a session", () => {
  describe.each(["embedded", "unix"] as const)("%s", { timeout: 150_000 }, (mode) => {
    test("lives through a step of 60 s, and through an event loop that is busy for 20 s of it", async () => {
      await using opened = await openMode(mode);
      // The file is asked for after the long step: the session has to be there still.
      await using context = await shellContext(
        "FROM shell AS slow\nRUN echo started; sleep 60\nFROM slow\nCOPY greeting /\n",
      );
      const tag = uniqueTag();
      const output = textOutput();
      const build = opened.client.build({ contextDir: context.path, tag, noCache: true, output });
      await output.waitFor(/started\n/);

      blockEventLoop(20_000);

      await expect(build).resolves.toMatchObject({ imageDigest: expect.stringMatching(/^sha256:/) });
      await removeImage(opened.engine.dockerSocket, tag);
    });
  });
});
