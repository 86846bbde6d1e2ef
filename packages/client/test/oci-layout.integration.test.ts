// SPDX-License-Identifier: Apache-2.0

import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { forgetSteps, integration, leakCheck, type TmpDir, tmpDir, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const run = promisify(execFile);

async function readIndex(dir: TmpDir): Promise<{ manifests: { annotations: Record<string, string> }[] }> {
  return JSON.parse(await readFile(dir.join("index.json"), "utf8"));
}

integration.describe("OCI layout directories", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 120_000 }, (mode) => {
    async function build(options: BuildOptions): Promise<void> {
      await using opened = await openMode(mode);
      await opened.client.build({ output: textOutput(), ...options });
    }

    test("an image goes into one as docker buildx build writes it", async () => {
      await using opened = await openMode(mode);
      const { docker = "docker", dockerHost, dockerConfig } = opened.engine;
      await using context = await tree("ADD greeting file hello");
      await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY greeting /\nLABEL a=b\n");
      await using theirs = await tmpDir();
      await using ours = await tmpDir();
      const attrs = "tar=false,rewrite-timestamp=true";
      const args = [
        "--provenance=false",
        "--build-arg=SOURCE_DATE_EPOCH=1700000000",
        "--tag=app:1",
        "--tag=app:2",
      ];

      await run(
        docker,
        ["buildx", "build", ...args, `--output=type=oci,dest=${theirs.path},${attrs}`, context.path],
        {
          env: {
            ...process.env,
            DOCKER_HOST: dockerHost,
            ...(dockerConfig && { DOCKER_CONFIG: dockerConfig }),
          },
        },
      );
      await opened.client.build({
        contextDir: context.path,
        buildArgs: { SOURCE_DATE_EPOCH: "1700000000" },
        tag: ["app:1", "app:2"],
        exports: [{ type: "oci", tar: false, dest: ours.path, rewriteTimestamp: true }],
        output: textOutput(),
      });

      const blobs = await readdir(ours.join("blobs/sha256"));
      expect(blobs.toSorted()).toEqual((await readdir(theirs.join("blobs/sha256"))).toSorted());
      for (const blob of blobs)
        expect(
          (await readFile(ours.join("blobs/sha256", blob))).equals(
            await readFile(theirs.join("blobs/sha256", blob)),
          ),
        ).toBe(true);
      expect(await readIndex(ours)).toEqual(await readIndex(theirs));
      expect(await readFile(ours.join("oci-layout"), "utf8")).toBe(
        await readFile(theirs.join("oci-layout"), "utf8"),
      );
      await expect(readdir(ours.join("ingest"))).resolves.toEqual([]);
    });

    test("an image of one is what FROM names, by its tag and by its digest", async () => {
      await using context = await tree("ADD greeting file hello");
      await using layout = await tmpDir();
      await using out = await tmpDir();
      for (const [tag, text] of [
        ["1", "one"],
        ["2", "two"],
      ] as const) {
        await build({
          contextDir: context.path,
          dockerfile: { text: `FROM scratch\nCOPY greeting /${text}\n` },
          tag: `base:${tag}`,
          exports: [{ type: "oci", tar: false, dest: layout.path }],
        });
      }
      const { manifests } = await readIndex(layout);
      const digest = (manifests[1] as unknown as { digest: string }).digest;

      await build({
        contextDir: context.path,
        dockerfile: { text: "FROM alpine AS first\nFROM second\nCOPY --from=first / /\n" },
        namedContexts: {
          alpine: `oci-layout://${layout.path}:1`,
          second: `oci-layout://${layout.path}@${digest}`,
        },
        exports: [{ type: "local", dest: out.path }],
      });

      expect((await readdir(out.path)).toSorted()).toEqual(["one", "two"]);
    });

    test("steps come out of a local cache after the daemon has forgotten them", async () => {
      await using opened = await openMode(mode);
      const marker = randomUUID();
      await using context = await shellContext(
        `FROM shell AS id\nRUN : ${marker} && cat /proc/sys/kernel/random/uuid > /id\nFROM scratch\nCOPY --from=id /id /${marker}\n`,
      );
      await using cache = await tmpDir();
      async function buildId(options: Partial<BuildOptions>): Promise<string> {
        await using out = await tmpDir();
        await opened.client.build({
          contextDir: context.path,
          exports: [{ type: "local", dest: out.path }],
          output: textOutput(),
          ...options,
        });
        return readFile(out.join(marker), "utf8");
      }
      const dest = cache.join("new");
      const first = await buildId({ cacheTo: [{ type: "local", dest, tag: "main", mode: "max" }] });
      await forgetSteps(opened.engine.dockerSocket, marker);
      await expect(buildId({})).resolves.not.toBe(first);
      await forgetSteps(opened.engine.dockerSocket, marker);

      // A cache that is not there is passed over; one that is both read and written is the same directory twice.
      const cacheFrom = [
        { type: "local", src: cache.join("missing") },
        { type: "local", src: dest, tag: "other" },
        { type: "local", src: dest, tag: "main" },
      ] as const;
      const second = await buildId({
        cacheFrom,
        cacheTo: [{ type: "local", dest, tag: "next", mode: "max" }],
      });

      expect(second).toBe(first);
      const index = JSON.parse(await readFile(`${dest}/index.json`, "utf8"));
      const tags = index.manifests.map(
        (manifest: { annotations: Record<string, string> }) =>
          manifest.annotations["org.opencontainers.image.ref.name"],
      );
      expect(tags).toEqual(["main", "next"]);
    });

    test.runIf(process.getuid?.() === 0)(
      "a full disk fails the build, or only the cache that may fail",
      async () => {
        await using disk = await tmpDir();
        await using context = await tree("ADD Dockerfile file", "ADD greeting file hello");
        await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY . /\n");
        await writeFile(context.join("large"), randomBytes(3 << 20));
        await run("mount", ["-t", "tmpfs", "-o", "size=1m", "none", disk.path]);
        try {
          const contextDir = context.path;
          const full = { code: "BK_STORE_FAILED", message: expect.stringContaining("the disk is full") };
          const exporting = build({
            contextDir,
            exports: [{ type: "oci", tar: false, dest: disk.join("image") }],
          });
          await expect(exporting).rejects.toMatchObject(full);
          const caching = build({
            contextDir,
            exports: [],
            cacheTo: [{ type: "local", dest: disk.join("cache") }],
          });
          await expect(caching).rejects.toMatchObject(full);

          const cacheTo = [{ type: "local", dest: disk.join("cache"), ignoreError: true }] as const;
          await build({ contextDir, exports: [], cacheTo });

          for (const name of ["image", "cache"]) {
            await expect(readdir(disk.join(name))).resolves.not.toContain("index.json");
            await expect(readdir(disk.join(name, "ingest"))).resolves.toEqual([]);
          }
        } finally {
          await run("umount", [disk.path]);
        }
      },
    );

    test("a corrupt index is left alone, before anything is built", async () => {
      await using context = await tree("ADD greeting file hello");
      await using dir = await tmpDir();
      await writeFile(dir.join("index.json"), "{");
      const contextDir = context.path;
      const dockerfile = { text: "FROM scratch\nCOPY greeting /\n" };
      const corrupt = { code: "BK_OPTIONS_INVALID", cause: { code: "BK_STORE_CORRUPT" } };

      const exporting = build({
        contextDir,
        dockerfile,
        exports: [{ type: "oci", tar: false, dest: dir.path }],
      });
      await expect(exporting).rejects.toMatchObject({ ...corrupt, option: "exports[0].dest" });
      const caching = build({
        contextDir,
        dockerfile,
        exports: [],
        cacheTo: [{ type: "local", dest: dir.path }],
      });
      await expect(caching).rejects.toMatchObject({ ...corrupt, option: "cacheTo[0].dest" });
      const reading = build({
        contextDir,
        dockerfile,
        exports: [],
        cacheFrom: [{ type: "local", src: dir.path }],
      });
      await expect(reading).rejects.toMatchObject({ ...corrupt, option: "cacheFrom[0].src" });

      await expect(readdir(dir.path)).resolves.toEqual(["index.json"]);
      await expect(readFile(dir.join("index.json"), "utf8")).resolves.toBe("{");
    });
  });
});
