// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { integration, leakCheck, startRegistry, tmpDir, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { readBlob, readManifest } from "./helpers/registry-client.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("inputs of a build", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** Builds text of a Dockerfile without files into one file, and reads it. */
    async function printed(options: BuildOptions): Promise<string> {
      await using opened = await openMode(mode, { FROM_ENV: "the environment's" });
      await using out = await tmpDir();
      await opened.client.build({
        exports: [{ type: "local", dest: out.path }],
        output: textOutput(),
        ...options,
      });
      return readFile(out.join("printed"), "utf8");
    }

    test("runs the stages again that are named, and no others", async () => {
      await using context = await shellContext(
        [
          "FROM shell AS one\nRUN echo one $(cat /proc/sys/kernel/random/uuid) > /id",
          "FROM shell AS two\nRUN echo two $(cat /proc/sys/kernel/random/uuid) > /id",
          "FROM shell AS both\nCOPY --from=one /id /one\nCOPY --from=two /id /two\nRUN cat /one /two > /printed",
          "FROM scratch\nCOPY --from=both /printed /\n",
        ].join("\n"),
      );
      const ids = async (noCache: BuildOptions["noCache"]) =>
        (await printed({ contextDir: context.path, noCache })).split("\n");

      const first = await ids(true);
      const second = await ids(["two"]);

      expect(second[0]).toBe(first[0]);
      expect(second[1]).not.toBe(first[1]);
    });

    test("takes build args from the environment, and leaves out those that are not there", async () => {
      await using context = await shellContext(
        'FROM shell AS step\nARG FROM_ENV\nARG MISSING="the default"\nRUN echo "$FROM_ENV, $MISSING" > /printed\nFROM scratch\nCOPY --from=step /printed /\n',
      );

      const text = await printed({ contextDir: context.path, buildArgs: { FROM_ENV: null, MISSING: null } });

      expect(text).toBe("the environment's, the default\n");
    });

    test("pulls what a tag means now, whatever the daemon has", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      const base = `${registry.host}/base:1`;
      const pushBase = async (text: string) => {
        await using context = await tree(`ADD printed file ${text}`);
        const dockerfile = { text: "FROM scratch\nCOPY printed /\n" };
        const exports = [{ type: "image", push: true, attrs: { store: "false" } }] as const;
        const options = { contextDir: context.path, dockerfile, tag: base, exports, output: textOutput() };
        await opened.client.build(options);
      };
      await using context = await tree();
      const options = { contextDir: context.path, dockerfile: { text: `FROM ${base}\n` } };

      await pushBase("old");
      expect(await printed(options)).toBe("old");
      await pushBase("new");
      expect(await printed({ ...options, pull: true })).toBe("new");
    });

    test("builds several platforms into one index, with labels and annotations", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      await using context = await tree("ADD greeting file hello");
      await opened.client.build({
        contextDir: context.path,
        dockerfile: { text: "FROM scratch\nCOPY greeting /\n" },
        tag: `${registry.host}/app:1`,
        platform: ["linux/amd64", "linux/arm64"],
        labels: { "org.example.label": "of the image" },
        annotations: {
          "org.example.plain": "everywhere",
          "index:org.example.index": "of the index",
          "manifest[linux/arm64]:org.example.arm": "of one",
        },
        exports: [{ type: "image", push: true }],
        output: textOutput(),
      });

      const index = await readManifest(registry, "app", "1");
      const platforms = index.manifests?.map(({ platform }) => platform?.architecture);
      const [amd64, arm64] = await Promise.all(
        (index.manifests ?? []).map(({ digest }) => readManifest(registry, "app", digest)),
      );

      expect(platforms).toEqual(["amd64", "arm64"]);
      expect(index.annotations).toEqual({ "org.example.index": "of the index" });
      expect(amd64?.annotations).toEqual({ "org.example.plain": "everywhere" });
      expect(arm64?.annotations).toEqual({ "org.example.plain": "everywhere", "org.example.arm": "of one" });
      expect(await readBlob(registry, "app", arm64?.config?.digest ?? "")).toMatchObject({
        architecture: "arm64",
        config: { Labels: { "org.example.label": "of the image" } },
      });
    });
  });
});
