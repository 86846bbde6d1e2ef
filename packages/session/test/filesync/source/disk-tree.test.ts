// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpDir } from "@bk/testing";
import { expect, test, vi } from "vitest";
import { createDiskTree } from "../../../src/filesync/source/disk-tree.js";
import { createFilter } from "../../../src/filesync/source/filter.js";
import { walkTree } from "../../../src/filesync/source/walk.js";

/** A file system that does not tell what a name is. There Node looks at each name, taken as UTF-8, or fails. */
vi.mock("node:fs", async (load) => {
  const fs = await load<typeof import("node:fs")>();
  const readdirSync = (path: string, options: { encoding: "latin1"; withFileTypes?: true }) => {
    const { withFileTypes, ...names } = options;
    if (withFileTypes) for (const name of fs.readdirSync(path, names)) fs.lstatSync(`${path}/${name}`);
    return withFileTypes ? fs.readdirSync(path, { ...names, withFileTypes }) : fs.readdirSync(path, names);
  };
  return { ...fs, readdirSync };
});

test("names that are not ASCII are found where the file system tells no types", async () => {
  await using dir = await tmpDir();
  mkdirSync(dir.join("sub/größe"), { recursive: true });
  writeFileSync(dir.join("sub/größe/file"), "");
  writeFileSync(dir.join("sub/plain"), "");

  const found: string[] = [];
  for await (const batch of walkTree(createDiskTree(dir.path), await createFilter({})))
    found.push(...batch.map(({ path }) => Buffer.from(path, "latin1").toString()));

  expect(found).toEqual(["sub", "sub/größe", "sub/größe/file", "sub/plain"]);
});
