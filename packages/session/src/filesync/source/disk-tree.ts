// SPDX-License-Identifier: Apache-2.0
import { constants, lstatSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { type ByteString, isAscii, toByteString } from "../byte-string.js";
import { createDiskFile } from "./disk-file.js";
import { type FileTree, hasCode, isGone, unreadable } from "./file-tree.js";
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
    readDirectory: (path) => readdirSync(native(path), { encoding: "latin1", withFileTypes: true }),
    stat: (path, links) => statPath(native(path), path, links),
    open: (stat) => openFile(tree, native(stat.path), stat),
  };
  return tree;
}

function openFile(tree: FileTree, native: string | Buffer, stat: FileStat): SourceFile {
  let fd: number;
  try {
    fd = openSync(native, OPEN_FLAGS);
  } catch (cause) {
    // A socket is sent as an empty file.
    if (hasCode(cause, "ENXIO") && stat.size === 0) return createMemoryFile(new Uint8Array());
    throw unreadable(tree, stat.path, cause);
  }
  return createDiskFile(fd, stat, tree);
}

/** Node takes a string as UTF-8, so that only ASCII may stay one. */
function toNativePath(path: ByteString): string | Buffer {
  return isAscii(path) ? path : Buffer.from(path, "latin1");
}

function statPath(native: string | Buffer, path: ByteString, links: HardLinks): FileStat | undefined {
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
