// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";
import { type FileTree, unreadable } from "../source/file-tree.js";
import { createHardLinks } from "../source/hardlinks.js";
import { type FileStat, isRegularFile, isSymlink } from "../source/stat.js";

/** More links than this on the way to a file are taken for a circle, as by the daemon. */
const MAX_LINKS = 255;

/**
 * The regular file at a path whose symbolic links are followed as if the tree were the whole file system.
 * Undefined if there is none. The daemon opens the Dockerfile and the ignore file in this way, after they were
 * sent with what their links lead to.
 *
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE`
 */
export function findFile(tree: FileTree, path: ByteString): FileStat | undefined {
  const names = path.split("/").toReversed();
  let directory = "";
  let found: FileStat | undefined;
  let links = 0;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      directory = directory.slice(0, Math.max(directory.lastIndexOf("/"), 0));
      continue;
    }
    const stat = statPath(tree, directory === "" ? name : `${directory}/${name}`);
    if (!stat || links > MAX_LINKS) return undefined;
    if (isSymlink(stat)) {
      links++;
      names.push(...stat.linkname.split("/").toReversed());
      if (stat.linkname.startsWith("/")) directory = "";
    } else {
      found = stat;
      directory = stat.path;
    }
  }
  return found?.path === directory && isRegularFile(found) ? found : undefined;
}

function statPath(tree: FileTree, path: ByteString): FileStat | undefined {
  try {
    return tree.stat(path, createHardLinks());
  } catch (cause) {
    throw unreadable(tree, path, cause);
  }
}
