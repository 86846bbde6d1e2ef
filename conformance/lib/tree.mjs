// SPDX-License-Identifier: Apache-2.0
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bytesOf } from "./bytes.mjs";
import { checkKeys } from "./keys.mjs";

/** Writes the trees of a vector file to a temporary folder. `get` gives a tree's folder by its name. */
export async function writeTrees(trees) {
  const root = mkdtempSync(path.join(tmpdir(), "bk-conformance-"));
  const dirs = new Map(Object.keys(trees).map((name, index) => [name, path.join(root, String(index))]));
  try {
    for (const [name, dir] of dirs) writeTree(dir, trees[name]);
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
  return {
    get(name) {
      const dir = dirs.get(name);
      if (!dir) throw new Error(`there is no tree ${name}`);
      return dir;
    },
    remove: async () => rmSync(root, { recursive: true }),
  };
}

function writeTree(dir, entries) {
  mkdirSync(dir);
  for (const entry of entries) {
    checkKeys("tree entry", entry, ["path", "type", "mode", "content", "linkname"]);
    writeEntry(dir, entry);
  }
}

function writeEntry(dir, { path: name, type, mode, content, linkname }) {
  const inDir = (bytes) => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(bytes, "latin1")]);
  const file = inDir(bytesOf(name));
  const permissions = mode === undefined ? undefined : Number.parseInt(mode, 8);
  switch (type) {
    case "dir":
      return mkdirSync(file, { mode: permissions });
    case "file":
      return writeFileSync(file, Buffer.from(bytesOf(content), "latin1"), { mode: permissions });
    case "symlink":
      return symlinkSync(Buffer.from(bytesOf(linkname), "latin1"), file);
    case "hardlink":
      return linkSync(inDir(bytesOf(linkname)), file);
    default:
      throw new Error(`the runner does not know the type ${type}`);
  }
}
