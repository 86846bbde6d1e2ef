// SPDX-License-Identifier: Apache-2.0
import {
  type BigIntStats,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
} from "node:fs";
import { resolve } from "node:path";
import { type ByteString, isAscii, toByteString } from "../byte-string.js";
import { type NativePath, toNativePath } from "../native-path.js";
import { assertSameFile, createDiskFile } from "./disk-file.js";
import { type FileTree, isGone, type TreeEntry, unreadable } from "./file-tree.js";
import type { HardLinks } from "./hardlinks.js";
import { createMemoryFile } from "./memory-file.js";
import type { SourceFile } from "./source.js";
import { type FileStat, MODE, toFileStat, toGoMode } from "./stat.js";

// Neither waits for the writer of a named pipe, nor goes where a link points, when one has taken a file's place.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * A directory on disk.
 *
 * @param root its path; a relative one is taken from the working directory of now
 */
export function createDiskTree(root: string): FileTree {
  const location = resolve(root);
  const prefix = toByteString(location === "/" ? "" : location);
  const native = (path: ByteString) => toNativePath(`${prefix}/${path}`);
  const tree: FileTree = {
    location,
    readDirectory: (path) => readEntries(native(path), (name) => native(`${path}/${name}`)),
    stat: (path, links) => statPath(native(path), path, links),
    open: (stat) =>
      stat.size === 0 ? openEmpty(tree, native(stat.path), stat) : openFile(tree, native(stat.path), stat),
    // access() would answer for the real user, and on a network share for itself only.
    checkReadable: (path) => closeSync(openSync(native(path), OPEN_FLAGS)),
  };
  return tree;
}

/**
 * Where the file system does not tell what a name is, Node looks at each itself: it fails for one that has gone
 * meanwhile, and takes names in latin1 for other files.
 */
function readEntries(directory: NativePath, locate: (name: ByteString) => NativePath): readonly TreeEntry[] {
  try {
    const entries = readdirSync(directory, { encoding: "latin1", withFileTypes: true });
    if (entries.every(({ name }) => isAscii(name))) return entries;
  } catch {
    // If it was not one of the entries that failed, the directory fails again.
  }
  return readdirSync(directory, { encoding: "latin1" }).map((name) => ({
    name,
    isDirectory: () => lstatSync(locate(name), { throwIfNoEntry: false })?.isDirectory() === true,
  }));
}

function openFile(tree: FileTree, native: NativePath, stat: FileStat): SourceFile {
  let fd: number;
  try {
    fd = openSync(native, OPEN_FLAGS);
  } catch (cause) {
    throw unreadable(tree, stat.path, cause);
  }
  return createDiskFile(fd, stat, tree);
}

/** Looks at what has no content, such as a socket, without opening it: it has to be empty still. */
function openEmpty(tree: FileTree, native: NativePath, stat: FileStat): SourceFile {
  let stats: BigIntStats;
  try {
    stats = lstatSync(native, { bigint: true });
  } catch (cause) {
    throw unreadable(tree, stat.path, cause);
  }
  assertSameFile(stat, toFileStat(stat.path, stats, stat.linkname));
  return createMemoryFile(new Uint8Array());
}

function statPath(native: NativePath, path: ByteString, links: HardLinks): FileStat | undefined {
  try {
    const stats = lstatSync(native, { bigint: true });
    const isLink = (toGoMode(Number(stats.mode)) & MODE.symlink) !== 0;
    if (isLink) return toFileStat(path, stats, readlinkSync(native, { encoding: "latin1" }));
    const linked = stats.nlink > 1n && !stats.isDirectory();
    return toFileStat(path, stats, linked ? (links.claim(`${stats.dev}:${stats.ino}`, path) ?? "") : "");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
