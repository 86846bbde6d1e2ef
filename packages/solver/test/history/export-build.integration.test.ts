// SPDX-License-Identifier: Apache-2.0
import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { integration, leakCheck, tree, useEngine } from "@bk/testing";
import { resolveDockerEndpoint } from "@bk/transport";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { createDockerDaemon, exportBuild, solve } from "../../src/index.js";

async function readArchive(archive: Readable): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of archive.pipe(createGunzip()).pipe(extract())) {
    files.set(entry.header.name, await buffer(entry as unknown as Readable));
  }
  return files;
}

integration.describe("exportBuild()", () => {
  leakCheck();

  const openDaemon = () =>
    createDockerDaemon({
      endpoint: (options) =>
        resolveDockerEndpoint({ env: { DOCKER_HOST: useEngine().dockerHost }, ...options }),
    });

  test("archives a build's record with its log, in a layout whose digests hold", {
    timeout: 30_000,
  }, async () => {
    await using daemon = openDaemon();
    await using context = await tree(`ADD unique file ${randomUUID()}`);
    const dockerfile = { text: "FROM scratch\nCOPY unique /\n" };
    const { ref } = await solve(daemon, { contextDir: context.path, dockerfile, labels: { who: "bk" } });

    const files = await readArchive(await exportBuild(daemon, ref));

    const json = (name: string) => JSON.parse(files.get(name)?.toString() ?? "null");
    const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(":", "/")}`;
    const manifest = json(blob(json("index.json").manifests[0]));
    expect(json(blob(manifest.config))).toMatchObject({
      Ref: ref,
      Frontend: "dockerfile.v0",
      FrontendAttrs: { "label:who": "bk" },
      CompletedAt: { seconds: expect.any(Number) },
    });
    const types = manifest.layers.map(({ mediaType }: { mediaType: string }) => mediaType);
    expect(types).toContain("application/vnd.buildkit.status.v0");
    for (const [name, content] of files) {
      if (!name.startsWith("blobs/")) continue;
      expect(name).toBe(`blobs/sha256/${createHash("sha256").update(content).digest("hex")}`);
    }
  });

  test("knows no build of another name", async () => {
    await using daemon = openDaemon();

    await expect(exportBuild(daemon, "nothing")).rejects.toMatchObject({ code: "BK_BUILD_NOT_FOUND" });
  });
});
