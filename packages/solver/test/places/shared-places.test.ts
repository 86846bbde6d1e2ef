// SPDX-License-Identifier: Apache-2.0
import { mkdir, symlink } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { ExportOptions } from "../../src/options/export-options.js";
import { resolveSolveOptions, type SolveOptions } from "../../src/options/solve-options.js";
import { checkSharedPlaces } from "../../src/places/shared-places.js";

function checkBuild(options: SolveOptions): Promise<void> {
  return checkSharedPlaces(resolveSolveOptions(options));
}

function check(...exports: readonly ExportOptions[]): Promise<void> {
  return checkBuild({ contextDir: "/nonexistent/context", exports });
}

describe("checkSharedPlaces()", () => {
  test("lets exports lie beside each other, and in each other's directories", async () => {
    await using dir = await tmpDir();
    await check(
      { type: "oci", dest: dir.join("a.tar") },
      { type: "docker", dest: dir.join("b.tar") },
      { type: "local", dest: dir.path },
      { type: "image" },
      { type: "moby" },
      { type: "tar", dest: new PassThrough() },
    );
  });

  test("refuses two to one place, whatever links lead there", async () => {
    await using dir = await tmpDir();
    await mkdir(dir.join("real"));
    await symlink("real", dir.join("link"));
    const refused = { code: "BK_OPTIONS_INVALID", option: "exports[1]" };

    const twice = check({ type: "oci", dest: dir.join("a") }, { type: "tar", dest: dir.join("x/../a") });
    await expect(twice).rejects.toMatchObject(refused);
    const linked = check(
      { type: "oci", dest: dir.join("real/new/a") },
      { type: "local", dest: dir.join("link/new/a") },
    );
    await expect(linked).rejects.toMatchObject(refused);
  });

  test("refuses two to one stream", async () => {
    const dest = new PassThrough();
    await expect(check({ type: "oci", dest }, { type: "tar", dest })).rejects.toThrow(
      "exports[0] and exports[1] both write to one stream",
    );
  });

  test("refuses one into a directory that another empties", async () => {
    await using dir = await tmpDir();
    const mirror = { type: "local", dest: dir.path, mode: "delete" } as const;
    const inside = { type: "oci", dest: dir.join("a.tar") } as const;
    await expect(check(mirror, inside)).rejects.toMatchObject({ option: "exports[1]" });
    await expect(check(inside, mirror)).rejects.toMatchObject({ option: "exports[1]" });
  });

  test("lets a build read its context from around its outputs, and its cache from where it writes it", async () => {
    await using dir = await tmpDir();
    const cache = dir.join("cache");
    await checkBuild({
      contextDir: dir.path,
      namedContexts: { base: `oci-layout://${dir.join("image")}:1` },
      cacheFrom: [{ type: "local", src: cache }],
      cacheTo: [
        { type: "local", dest: cache },
        { type: "local", dest: cache, tag: "next" },
      ],
      exports: [
        { type: "local", dest: dir.join("out"), mode: "delete" },
        { type: "oci", tar: false, dest: dir.join("image") },
        { type: "tar", dest: dir.join("image/files.tar") },
      ],
    });
    await checkBuild({ contextDir: dir.path, exports: [{ type: "local", dest: dir.path }] });
    await checkBuild({
      contextDir: dir.path,
      tags: ["app:latest"],
      cacheTo: [{ type: "local", dest: cache }],
      exports: [{ type: "oci", tar: false, dest: cache }],
    });
  });

  test.each<[string, (dir: string) => Partial<SolveOptions>]>([
    ["a cache to read", (dir) => ({ cacheFrom: [{ type: "local", src: `${dir}/cache` }] })],
    ["a cache to write", (dir) => ({ cacheTo: [{ type: "local", dest: `${dir}/cache` }] })],
    ["the context", (dir) => ({ contextDir: `${dir}/src` })],
    ["the context itself", (dir) => ({ contextDir: dir })],
    ["the Dockerfile", (dir) => ({ dockerfile: `${dir}/Dockerfile` })],
    ["a named context", (dir) => ({ namedContexts: { src: `${dir}/src` } })],
    ["a layout", (dir) => ({ namedContexts: { base: `oci-layout://${dir}/image:1` } })],
  ])("refuses to empty a directory that holds %s", async (_, inside) => {
    await using dir = await tmpDir();
    const building = checkBuild({
      contextDir: "/nonexistent/context",
      ...inside(dir.path),
      exports: [{ type: "local", dest: dir.path, mode: "delete" }],
    });
    await expect(building).rejects.toMatchObject({
      code: "BK_OPTIONS_INVALID",
      option: "exports[0]",
      message: expect.stringContaining(`removes what it does not know from ${dir.path}`),
    });
  });

  test.each<[string, (dir: string) => Partial<SolveOptions>]>([
    ["an image and a cache to write", (dir) => ({ cacheTo: [{ type: "local", dest: `${dir}/a` }] })],
    ["an image and a cache to read", (dir) => ({ cacheFrom: [{ type: "local", src: `${dir}/a` }] })],
    ["an image and the Dockerfile", (dir) => ({ dockerfile: `${dir}/a` })],
    [
      "an image and a directory around a cache",
      (dir) => ({ cacheTo: [{ type: "local", dest: `${dir}/a/b` }] }),
    ],
  ])("refuses %s in one place", async (_, other) => {
    await using dir = await tmpDir();
    const building = checkBuild({
      contextDir: "/nonexistent/context",
      ...other(dir.path),
      exports: [{ type: "oci", dest: dir.join("a") }],
    });
    await expect(building).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "exports[0]" });
  });

  test.each(["index.json", "oci-layout", "blobs/sha256/abc"])(
    "refuses a file in place of %s of a layout",
    async (name) => {
      await using dir = await tmpDir();
      const file = { type: "tar", dest: dir.join(name) } as const;
      const problem = { code: "BK_OPTIONS_INVALID", message: expect.stringContaining("into the OCI layout") };
      await expect(check({ type: "oci", tar: false, dest: dir.path }, file)).rejects.toMatchObject(problem);
      const cached: SolveOptions = {
        contextDir: "/nonexistent/context",
        cacheFrom: [{ type: "local", src: dir.path }],
        exports: [file],
      };
      await expect(checkBuild(cached)).rejects.toMatchObject(problem);
    },
  );

  test("refuses two caches, or a cache and an image, under one tag", async () => {
    await using dir = await tmpDir();
    const cache = { type: "local", dest: dir.path } as const;
    const contextDir = "/nonexistent/context";
    await expect(
      checkBuild({ contextDir, cacheTo: [cache, { ...cache, tag: "latest" }] }),
    ).rejects.toMatchObject({
      code: "BK_OPTIONS_INVALID",
      option: "cacheTo[1]",
      message: `cacheTo[0] and cacheTo[1] both write to ${dir.path} under the tag latest`,
    });
    await expect(
      checkBuild({ contextDir, cacheTo: [cache], exports: [{ type: "oci", tar: false, dest: dir.path }] }),
    ).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "exports[0]" });
  });
});
