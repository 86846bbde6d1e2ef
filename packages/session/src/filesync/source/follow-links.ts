// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { ByteString } from "../byte-string.js";
import { matchGlob, parseGlob } from "../patterns/go-glob.js";
import { cleanPath, parentPath } from "../patterns/go-path.js";
import { type FileTree, isGone } from "./file-tree.js";
import { createHardLinks } from "./hardlinks.js";
import { isDirectory, isSymlink } from "./stat.js";
import { createTimeSlice } from "./time-slice.js";

/**
 * The include patterns that stand for `paths` when symbolic links are followed: the paths, the links on the
 * way and what they lead to. Wildcards are tried on names to find links, and stay in the result. Links are
 * resolved as if the tree were the whole file system: ".." stops at its root and an absolute target begins
 * there, so nothing outside is ever looked at. Sorted, without what lies below another result. Undefined if
 * the root itself is among them, which selects everything.
 *
 * Must match FollowLinks of fsutil, including that a link is followed only the first time that it is met,
 * with what came behind it that time.
 */
export async function followLinks(
  tree: FileTree,
  paths: readonly ByteString[],
  { signal }: AbortOptions = {},
): Promise<readonly ByteString[] | undefined> {
  const slice = createTimeSlice(1); // a wildcard takes a whole directory
  const resolved = new Set<ByteString>();
  const open = paths.toReversed();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    open.push(...followOne(tree, inTree(path), resolved).toReversed());
    if (!slice.spent()) continue;
    await slice.next();
    signal?.throwIfAborted();
  }
  return dropCovered([...resolved].sort());
}

/**
 * Leaves out a path that lies below the one kept before it. Undefined if "." is among them.
 */
export function dropCovered(paths: readonly ByteString[]): readonly ByteString[] | undefined {
  const kept: ByteString[] = [];
  for (const path of paths) {
    if (path === ".") return undefined;
    if (!path.startsWith(`${kept.at(-1) ?? ""}/`)) kept.push(path);
  }
  return kept;
}

/** Goes along one path up to its first link, and returns the paths to go on with instead. */
function followOne(tree: FileTree, path: ByteString, resolved: Set<ByteString>): readonly ByteString[] {
  const names = path.split("/");
  for (const [index, name] of names.entries()) {
    const current = names.slice(0, index + 1).join("/");
    const rest = names.slice(index + 1).join("/");
    const targets = readLinks(tree, current, name);
    const last = rest === "";
    if ((last || targets.length > 0) && resolved.has(current)) return [];
    if (last || targets.length > 0) resolved.add(current);
    if (targets.length > 0) return targets.map((target) => `${target}/${rest}`);
  }
  return [];
}

/** Targets of the symbolic links that the path, whose last name may be a pattern, stands for. */
function readLinks(tree: FileTree, path: ByteString, name: ByteString): readonly ByteString[] {
  if (!hasWildcard(name)) return readLink(tree, path);
  const glob = parseGlob(name);
  const directory = parentPath(path);
  return readNames(tree, directory)
    .filter((found) => matchGlob(glob, found))
    .flatMap((found) => readLink(tree, inTree(`${directory}/${found}`)));
}

function readNames(tree: FileTree, directory: ByteString): readonly ByteString[] {
  if (isOutside(directory) || !isDirectoryItself(tree, directory)) return [];
  try {
    return tree
      .readDirectory(directory === "." ? "" : directory)
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** A link would lead out of the tree. */
function isDirectoryItself(tree: FileTree, path: ByteString): boolean {
  if (path === ".") return true;
  const stat = tree.stat(path, createHardLinks());
  return stat !== undefined && isDirectory(stat);
}

function readLink(tree: FileTree, path: ByteString): readonly ByteString[] {
  if (path === "." || isOutside(path)) return [];
  const stat = tree.stat(path, createHardLinks());
  if (!stat || !isSymlink(stat)) return [];
  const target = cleanPath(stat.linkname);
  return [target.startsWith("/") ? target : cleanPath(`/${parentPath(path)}/${target}`)];
}

function inTree(path: ByteString): ByteString {
  return cleanPath(`./${path}`);
}

/** A path that was asked for with ".." at its front. It is kept as it is, and nothing is looked up there. */
function isOutside(path: ByteString): boolean {
  return path === ".." || path.startsWith("../");
}

function hasWildcard(name: ByteString): boolean {
  return /^(?:[^\\*?[]|\\.)*[*?[]/s.test(name);
}
