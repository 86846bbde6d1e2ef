// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Descriptor, putManifest } from "@bk/session";
import { type TmpDir, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { resolveSolveOptions, type SolveOptions } from "../../src/index.js";
import { createStoreServices } from "../../src/stores/store-services.js";

const open = (options: SolveOptions) =>
  createStoreServices(resolveSolveOptions({ contextDir: ".", ...options }));

async function addBlob(dir: TmpDir, text: string): Promise<Descriptor> {
  const hex = createHash("sha256").update(text).digest("hex");
  await mkdir(dirname(dir.join("blobs/sha256", hex)), { recursive: true });
  await writeFile(dir.join("blobs/sha256", hex), text);
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${hex}`,
    size: text.length,
  };
}

async function readTags(dir: TmpDir): Promise<readonly unknown[]> {
  const { manifests } = JSON.parse(await readFile(dir.join("index.json"), "utf8"));
  return manifests.map((manifest: Descriptor) => [manifest.digest, manifest.annotations]);
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

describe("createStoreServices()", () => {
  test("offers nothing to a build without directories", async () => {
    await using services = await open({});
    expect(services.attachables).toEqual([]);
    await services.finish({ "cache.manifest": "not asked for" });
  });

  test("gives the daemon digests and ids, and no paths", async () => {
    await using dir = await tmpDir();
    const manifest = await addBlob(dir, "manifest");
    await putManifest(dir.path, manifest, [{ tag: "1" }, { tag: "latest" }]);
    await using services = await open({
      namedContexts: { base: `oci-layout://${dir.path}:1` },
      cacheFrom: [{ type: "local", src: dir.path }],
      cacheTo: [{ type: "local", dest: dir.path, tag: "next" }],
    });

    const { namedContexts, cacheFrom, cacheTo } = services.options;
    expect(namedContexts.get("base")).toMatchObject({
      storeName: "layout-0",
      source: { digest: manifest.digest },
    });
    expect(cacheFrom).toEqual([{ type: "local", attrs: { src: "from-0", digest: manifest.digest } }]);
    expect(cacheTo).toEqual([{ type: "local", attrs: { dest: "to-0" } }]);
  });

  test.each([
    { name: "directory", cache: { src: "/nonexistent" } },
    { name: "tag", cache: { tag: "other" } },
    { name: "blob", cache: { digest: `sha256:${"b".repeat(64)}` } },
  ])("passes over a cache whose $name is not there, as docker buildx does", async ({ cache }) => {
    await using dir = await tmpDir();
    await putManifest(dir.path, await addBlob(dir, "manifest"), [{ tag: "latest" }]);
    await using services = await open({ cacheFrom: [{ type: "local", src: dir.path, ...cache }] });
    expect(services.options.cacheFrom).toEqual([]);
    expect(services.attachables).toEqual([]);
  });

  test("touches nothing before the daemon sends something", async () => {
    await using dir = await tmpDir();
    await using _services = await open({
      exports: [{ type: "oci", tar: false, dest: dir.join("image") }],
      cacheTo: [{ type: "local", dest: dir.join("cache") }],
    });
    await expect(readdir(dir.path)).resolves.toEqual([]);
  });

  test("enters an image under each of its names, and a cache under its tag", async () => {
    await using image = await tmpDir();
    await using cache = await tmpDir();
    const [manifest, config] = [await addBlob(image, "manifest"), await addBlob(cache, "config")];
    await using services = await open({
      exports: [{ type: "oci", tar: false, dest: image.path }],
      cacheTo: [{ type: "local", dest: cache.path, tag: "main" }],
    });
    await services.finish({
      "containerimage.descriptor": base64(manifest),
      "image.name": "docker.io/library/app:1,localhost:5000/app:2",
      "cache.manifest": JSON.stringify(config),
    });

    const named = (name: string, tag: string) => [
      manifest.digest,
      { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag },
    ];
    await expect(readTags(image)).resolves.toEqual([
      named("docker.io/library/app:1", "1"),
      named("localhost:5000/app:2", "2"),
    ]);
    await expect(readTags(cache)).resolves.toEqual([
      [config.digest, { "org.opencontainers.image.ref.name": "main" }],
    ]);
  });

  test("enters an image without a name as latest", async () => {
    await using dir = await tmpDir();
    const manifest = await addBlob(dir, "manifest");
    await using services = await open({ exports: [{ type: "docker", tar: false, dest: dir.path }] });
    await services.finish({ "containerimage.descriptor": base64(manifest) });
    await expect(readTags(dir)).resolves.toEqual([
      [manifest.digest, { "org.opencontainers.image.ref.name": "latest" }],
    ]);
  });

  test("removes what no cache needs any more, with reset", async () => {
    await using dir = await tmpDir();
    const [old, next] = [await addBlob(dir, "{}"), await addBlob(dir, '{"layers":[]}')];
    await putManifest(dir.path, old, [{ tag: "latest" }]);
    await using services = await open({ cacheTo: [{ type: "local", dest: dir.path, reset: true }] });
    await services.finish({ "cache.manifest": JSON.stringify(next) });
    await expect(readdir(dir.join("blobs/sha256"))).resolves.toEqual([next.digest.replace("sha256:", "")]);
  });

  test("enters nothing that the daemon describes wrongly", async () => {
    await using dir = await tmpDir();
    const manifest = await addBlob(dir, "manifest");
    await using services = await open({ exports: [{ type: "oci", tar: false, dest: dir.path }] });
    const finish = (descriptor: string) => services.finish({ "containerimage.descriptor": descriptor });
    await expect(finish("e")).rejects.toMatchObject({ code: "BK_PROTOCOL" });
    await expect(finish(base64(null))).rejects.toMatchObject({ code: "BK_STORE_CORRUPT" });
    await expect(finish(base64({ ...manifest, size: 1 }))).rejects.toMatchObject({
      code: "BK_STORE_CORRUPT",
    });
    await expect(readdir(dir.path)).resolves.toEqual(["blobs"]);
  });

  test.each<{ name: string; options: SolveOptions; option: string }>([
    {
      name: "an image that is in no layout",
      options: { namedContexts: { base: "oci-layout:///nonexistent" } },
      option: "namedContexts.base",
    },
    {
      name: "two images as directories",
      options: {
        exports: [
          { type: "oci", tar: false, dest: "/nonexistent/a" },
          { type: "oci", tar: false, dest: "/nonexistent/b" },
        ],
      },
      option: "exports[1].tar",
    },
    {
      name: "local caches of two kinds",
      options: {
        cacheTo: [
          { type: "local", dest: "/nonexistent/a", mode: "max" },
          { type: "local", dest: "/nonexistent/b" },
        ],
      },
      option: "cacheTo[1]",
    },
    {
      name: "a cache in place of a file",
      options: { cacheTo: [{ type: "local", dest: "/etc/passwd" }] },
      option: "cacheTo[0].dest",
    },
  ])("refuses $name", async ({ options, option }) => {
    await expect(open(options)).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option });
  });

  test("refuses an image that the layout does not have", async () => {
    await using dir = await tmpDir();
    await putManifest(dir.path, await addBlob(dir, "manifest"), [{ tag: "1" }]);
    const missing = `sha256:${"b".repeat(64)}`;
    for (const source of [`${dir.path}:2`, `${dir.path}@${missing}`]) {
      await expect(open({ namedContexts: { base: `oci-layout://${source}` } })).rejects.toMatchObject({
        code: "BK_OPTIONS_INVALID",
        message: expect.stringContaining(dir.path),
      });
    }
  });
});
