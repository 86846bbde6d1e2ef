// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fchmodSync, lstatSync, mkdirSync, openSync, unlinkSync } from "node:fs";
import type { NativePath } from "../native-path.js";
import type { FileStat } from "../source/stat.js";
import { systemCode } from "../system-code.js";
import { setMetadata } from "./disk-placement.js";

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Makes a directory that can be filled, whatever its mode will be; takes one that is there. */
export function makeDirectory(path: NativePath): void {
  try {
    mkdirSync(path, 0o700);
    return;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const old = lstatSync(path);
  if (!old.isDirectory()) {
    unlinkSync(path);
    mkdirSync(path, 0o700);
  } else if ((old.mode & 0o700) !== 0o700) {
    withDirectory(path, (fd) => fchmodSync(fd, (old.mode & 0o7777) | 0o700));
  }
}

/** Gives a directory its mode and time, once nothing more is put into it. */
export function restoreDirectory(path: NativePath, stat: FileStat, keepSetId: boolean): void {
  withDirectory(path, (fd) => setMetadata(fd, stat, keepSetId));
}

function withDirectory(path: NativePath, use: (fd: number) => void): void {
  if (process.platform === "win32") return; // where a directory cannot be opened, nor has a mode
  const fd = openSync(path, OPEN_DIRECTORY);
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}
