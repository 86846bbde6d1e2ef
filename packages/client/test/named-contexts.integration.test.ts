// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from "node:fs/promises";
import { integration, leakCheck, startGitServer, startRegistry, tmpDir, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("named contexts", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** What a build has in its root directory, by name. */
    async function build(text: string, options: BuildOptions): Promise<Readonly<Record<string, string>>> {
      await using opened = await openMode(mode);
      await using context = await tree();
      await using out = await tmpDir();
      await opened.client.build({
        contextDir: context.path,
        dockerfile: { text },
        exports: [{ type: "local", dest: out.path }],
        output: textOutput(),
        ...options,
      });
      const names = await readdir(out.path);
      return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await readFile(out.join(name), "utf8")])),
      );
    }

    test("a directory, without what its .dockerignore names", async () => {
      await using assets = await tree("ADD logo file svg", "ADD notes.md file x");
      await writeFile(assets.join(".dockerignore"), "*.md\n.dockerignore\n");

      const files = await build("FROM scratch\nCOPY --from=assets / /\n", {
        namedContexts: { assets: assets.path },
      });

      expect(files).toEqual({ logo: "svg" });
    });

    test("directories under the names that the session itself uses, and in place of an image", async () => {
      await using first = await tree("ADD a file from-context");
      await using second = await tree("ADD b file from-alpine");

      const files = await build(
        "FROM alpine:3.19 AS base\nFROM scratch\nCOPY --from=base / /\nCOPY --from=context / /\n",
        { namedContexts: { "docker.io/library/alpine:3.19": second.path, context: first.path } },
      );

      expect(files).toEqual({ a: "from-context", b: "from-alpine" });
    });

    test("an image of a registry", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      const image = `${registry.host}/assets:1`;
      await using assets = await tree("ADD logo file png");
      await opened.client.build({
        contextDir: assets.path,
        dockerfile: { text: "FROM scratch\nCOPY logo /\n" },
        tag: image,
        exports: [{ type: "image", push: true }],
        output: textOutput(),
      });

      const files = await build("FROM scratch\nCOPY --from=assets / /\n", {
        namedContexts: { assets: `docker-image://${image}` },
      });

      expect(files).toEqual({ logo: "png" });
    });

    test("a git repository, whole or a directory of it", async () => {
      await using sources = await tree("ADD one file 1", "ADD deep dir", "ADD deep/two file 2");
      await using repository = await startGitServer();
      await repository.commit(sources.path, "main");

      const files = await build(
        "FROM scratch\nCOPY --from=whole one /\nCOPY --from=part / /\nCOPY --from=query /two /three\n",
        {
          namedContexts: {
            whole: repository.url,
            part: `${repository.url}#main:deep`,
            query: `${repository.url}?ref=main&subdir=deep`,
          },
        },
      );

      expect(files).toEqual({ one: "1", two: "2", three: "2" });
    });

    test("says which of them is not there", async () => {
      await using dir = await tmpDir();
      const building = build("FROM scratch\n", { namedContexts: { assets: dir.join("missing") } });

      await expect(building).rejects.toMatchObject({
        code: "BK_OPTIONS_INVALID",
        option: "namedContexts.assets",
      });
    });
  });
});
