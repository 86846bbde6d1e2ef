// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { closeSync, constants, fchmodSync, futimesSync, openSync, renameSync, unlinkSync } from "node:fs";
import type { ByteString } from "../byte-string.js";
import type { NativePath } from "../native-path.js";
import type { FileStat } from "../source/stat.js";
import { systemCode } from "../system-code.js";
import { writeAllSync } from "./batch-writer.js";
import { type Directories, nameOf, parentOf } from "./disk-directories.js";
import { toPermissions, toSeconds } from "./disk-metadata.js";
import { removeTree } from "./remove-tree.js";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Puts entries into their places: each is made under a temporary name beside it, then renamed, so that what is there
 * stays whole until then.
 */
export interface Placement {
  /**
   * Makes a file of contents that are here, without leaving the event loop. Where nothing is in its place, it is made
   * there at once: docs/decisions/0005. Waits only when a directory is in the way.
   */
  placeContent(stat: FileStat, content: Uint8Array): void | Promise<void>;
  /** Makes an entry by `make`, and moves it to `path`. Waits only when a directory is in the way. */
  place(path: ByteString, make: (temporary: NativePath) => void): void | Promise<void>;
  /** Opens a file that is written for a while. */
  openFile(stat: FileStat): TemporaryFile;
}

/** A file under its temporary name. */
export interface TemporaryFile {
  readonly fd: number;
  /** Gives it its mode and time, and moves it to its path. */
  commit(): void | Promise<void>;
  /** Idempotent; harmless after `commit()`. */
  discard(): void;
}

/** @param signal ends the removal of what is in the way */
export function createPlacement(
  directories: Directories,
  keepSetId: boolean,
  signal: AbortSignal | undefined,
): Placement {
  // Nobody can guess it, and the sender cannot send a file of that name.
  const prefix = `.bk-${randomBytes(8).toString("hex")}.`;
  let count = 0;

  function move(temporary: ByteString, path: ByteString): void | Promise<void> {
    try {
      rename(temporary, path);
    } catch (error) {
      if (systemCode(error) !== "EISDIR" && systemCode(error) !== "ENOTEMPTY") {
        remove(temporary);
        throw error;
      }
      return replaceDirectory(temporary, path);
    }
  }

  async function replaceDirectory(temporary: ByteString, path: ByteString): Promise<void> {
    try {
      await removeTree(directories, path, signal);
      rename(temporary, path);
    } catch (error) {
      remove(temporary);
      throw error;
    }
  }

  function rename(from: ByteString, to: ByteString): void {
    renameSync(locate(from), locate(to));
  }

  function remove(path: ByteString): void {
    try {
      unlinkSync(locate(path));
    } catch {
      // The error that led here is the one to report.
    }
  }

  function locate(path: ByteString): NativePath {
    return directories.locate(parentOf(path), nameOf(path));
  }

  function temporaryFor(path: ByteString): ByteString {
    const parent = parentOf(path);
    return parent === "" ? `${prefix}${count++}` : `${parent}/${prefix}${count++}`;
  }

  /** Undefined when something is at `path`. */
  function create(path: ByteString): number | undefined {
    try {
      return openSync(locate(path), CREATE, 0o600);
    } catch (error) {
      if (systemCode(error) === "EEXIST") return undefined;
      throw error;
    }
  }

  /** Of a file that was just made at `path`; closes it. */
  function writeContent(fd: number, path: ByteString, stat: FileStat, content: Uint8Array): void {
    try {
      try {
        writeAllSync(fd, content);
        setMetadata(fd, stat, keepSetId);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      remove(path);
      throw error;
    }
  }

  return {
    placeContent(stat, content) {
      const made = create(stat.path);
      if (made !== undefined) return writeContent(made, stat.path, stat, content);
      const temporary = temporaryFor(stat.path);
      writeContent(openSync(locate(temporary), CREATE, 0o600), temporary, stat, content);
      return move(temporary, stat.path);
    },
    place(path, make) {
      const temporary = temporaryFor(path);
      try {
        make(locate(temporary));
      } catch (error) {
        remove(temporary);
        throw error;
      }
      return move(temporary, path);
    },
    openFile(stat) {
      const temporary = temporaryFor(stat.path);
      const fd = openSync(locate(temporary), CREATE, 0o600);
      let open = true;
      const close = () => {
        if (!open) return;
        open = false; // also when closing fails: the number may be another file's then
        closeSync(fd);
      };
      return {
        fd,
        commit() {
          setMetadata(fd, stat, keepSetId);
          close();
          return move(temporary, stat.path);
        },
        discard() {
          try {
            close();
          } catch {
            // As in `remove`. Nothing of the file is wanted any more.
          }
          remove(temporary);
        },
      };
    },
  };
}

/** Of an open file or directory. Afterwards it may no longer be writable. */
export function setMetadata(fd: number, stat: FileStat, keepSetId: boolean): void {
  const seconds = toSeconds(stat);
  fchmodSync(fd, toPermissions(stat, keepSetId));
  futimesSync(fd, seconds, seconds);
}
