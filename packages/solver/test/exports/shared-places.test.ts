// SPDX-License-Identifier: Apache-2.0
import { mkdir, symlink } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { checkSharedPlaces } from "../../src/exports/shared-places.js";
import { type ExportOptions, resolveExport } from "../../src/options/export-options.js";

function check(...exports: readonly ExportOptions[]): Promise<void> {
  return checkSharedPlaces(
    exports.map((entry, index) => resolveExport(entry, { option: `exports[${index}]`, tags: [] })),
  );
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
      "exports[0] and exports[1] both export to one stream",
    );
  });

  test("refuses one into a directory that another empties", async () => {
    await using dir = await tmpDir();
    const mirror = { type: "local", dest: dir.path, mode: "delete" } as const;
    const inside = { type: "oci", dest: dir.join("a.tar") } as const;
    await expect(check(mirror, inside)).rejects.toMatchObject({ option: "exports[1]" });
    await expect(check(inside, mirror)).rejects.toMatchObject({ option: "exports[1]" });
  });
});
