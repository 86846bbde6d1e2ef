// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { SessionError } from "../../errors.js";
import { fromByteString } from "../byte-string.js";
import { type FileTree, unreadable } from "./file-tree.js";
import type { SourceFile } from "./source.js";
import { type FileStat, isRegularFile, toFileStat } from "./stat.js";

const readAsync = promisify(read);

/**
 * An open file on disk. Owns `fd`, which is closed when this fails.
 *
 * @throws {SessionError} `BK_CONTEXT_CHANGED` if the file is not the one that `stat` describes.
 */
export function createDiskFile(fd: number, stat: FileStat, tree: FileTree): SourceFile {
  const file: SourceFile = {
    readSync(target, offset, length, position) {
      try {
        return readSync(fd, target, offset, length, position);
      } catch (cause) {
        throw unreadable(tree, stat.path, cause);
      }
    },
    async read(target, offset, length, position) {
      try {
        return (await readAsync(fd, target, offset, length, position)).bytesRead;
      } catch (cause) {
        throw unreadable(tree, stat.path, cause);
      }
    },
    assertUnchanged() {
      assertSameFile(stat, toFileStat(stat.path, fstatSync(fd, { bigint: true }), stat.linkname));
    },
    close: () => closeSync(fd),
  };
  try {
    file.assertUnchanged();
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** @throws {SessionError} `BK_CONTEXT_CHANGED` if what is there now is not what was described before. */
export function assertSameFile(before: FileStat, now: FileStat): void {
  const change =
    before.inode !== now.inode || !isRegularFile(now)
      ? "was replaced"
      : before.size !== now.size
        ? `changed its size from ${before.size} to ${now.size} bytes`
        : before.modTimeNs !== now.modTimeNs
          ? "was written to"
          : undefined;
  if (change === undefined) return;
  const path = fromByteString(before.path);
  throw new SessionError(
    "BK_CONTEXT_CHANGED",
    `${path} ${change} while the build read it. Build again when nothing changes the files, or exclude it in .dockerignore`,
  );
}
