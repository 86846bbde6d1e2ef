// SPDX-License-Identifier: Apache-2.0
import {
  chmod,
  link,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";

import { type TmpDir, tmpDir } from "../tmp-dir.js";
import { formatTreeLine, parseTreeLine, type TreeEntry } from "./tree-entry.js";

/**
 * Writes a tree into a new temporary folder.
 *
 * @param lines lines of the tree language (see parseTreeLine) or entries; parent folders come by themselves
 */
export async function tree(...lines: readonly (string | TreeEntry)[]): Promise<TmpDir> {
  const dir = await tmpDir();
  await writeTree(dir.path, lines);
  return dir;
}

/** Writes a tree into an existing folder. */
export async function writeTree(dir: string, lines: readonly (string | TreeEntry)[]): Promise<void> {
  const entries = lines.map((line) => (typeof line === "string" ? parseTreeLine(line) : line));
  for (const entry of entries) await writeEntry(dir, entry);
  // Afterwards and deepest first: writing into a folder changes its time, and a mode may forbid writing.
  for (const entry of entries.toReversed()) await setAttributes(path.join(dir, entry.path), entry);
}

/** What a folder holds, in the tree language, without modes and times; in byte order, "/" lowest. */
export async function readTree(dir: string): Promise<string[]> {
  return (await readEntries(dir, "")).map(formatTreeLine);
}

async function writeEntry(dir: string, { path: name, kind, data }: TreeEntry): Promise<void> {
  const target = path.join(dir, name);
  await mkdir(path.dirname(target), { recursive: true });
  if (kind === "dir") await mkdir(target, { recursive: true });
  else if (kind === "file") await writeFile(target, data);
  else if (kind === "symlink") await symlink(data, target);
  else await link(path.join(dir, data), target);
}

async function setAttributes(target: string, { kind, mode, mtimeMs }: TreeEntry): Promise<void> {
  if (mode !== undefined && kind !== "symlink") await chmod(target, mode);
  if (mtimeMs !== undefined) await lutimes(target, mtimeMs / 1000, mtimeMs / 1000);
}

async function readEntries(dir: string, prefix: string): Promise<TreeEntry[]> {
  const found = await readdir(path.join(dir, prefix), { withFileTypes: true });
  found.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const entries: TreeEntry[] = [];
  for (const item of found) {
    const name = path.posix.join(prefix, item.name);
    const full = path.join(dir, name);
    if (item.isDirectory())
      entries.push({ path: name, kind: "dir", data: "" }, ...(await readEntries(dir, name)));
    else if (item.isSymbolicLink()) entries.push({ path: name, kind: "symlink", data: await readlink(full) });
    else entries.push({ path: name, kind: "file", data: await readFile(full, "utf8") });
  }
  return entries;
}
