// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import {
  type FileServer,
  integration,
  leakCheck,
  startFileServer,
  type TmpDir,
  tmpDir,
  tree,
} from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { textOutput } from "./helpers/text-output.js";

type SourcePolicy = NonNullable<BuildOptions["sourcePolicy"]>;

integration.describe("sourcePolicy", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** Builds what fetches a file of a server, under a policy, and reads that file. */
    async function fetched(server: FileServer, sourcePolicy: SourcePolicy): Promise<string> {
      await using opened = await openMode(mode);
      await using context = await tree();
      await using out: TmpDir = await tmpDir();
      await opened.client.build({
        contextDir: context.path,
        dockerfile: { text: `FROM scratch\nADD ${server.origin}/one /file\n` },
        sourcePolicy,
        exports: [{ type: "local", dest: out.path }],
        output: textOutput(),
      });
      return readFile(out.join("file"), "utf8");
    }

    test("denies a source", async () => {
      await using files = await tree("ADD one file 1");
      await using server = await startFileServer(files.path);
      const policy = JSON.parse(
        '{ "rules": [{ "action": "DENY", "selector": { "identifier": "http://*" } }] }',
      );

      await expect(fetched(server, policy)).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringMatching(/denied|not allowed/),
      });
      expect(server.requests).toEqual([]);
    });

    test("puts another source in the place of one", async () => {
      await using files = await tree("ADD one file 1", "ADD two file 2");
      await using server = await startFileServer(files.path);
      const convert = (identifier: string): SourcePolicy => ({
        rules: [
          {
            action: "CONVERT",
            selector: { identifier: `^${server.origin}/one$`, matchType: "REGEX" },
            updates: { identifier },
          },
        ],
      });

      expect(await fetched(server, { rules: [] })).toBe("1");
      expect(await fetched(server, convert(`${server.origin}/two`))).toBe("2");
      expect(server.requests).toContain("/two");
    });
  });
});
