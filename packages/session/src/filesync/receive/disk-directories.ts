// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync } from "node:fs";
import type { ByteString } from "../byte-string.js";
import { type NativePath, toNativePath } from "../native-path.js";

/** Open at most; a tree that is received in order needs few at a time. */
const MAX_HANDLES = 64;

const OPEN_ROOT = constants.O_RDONLY | constants.O_DIRECTORY;
const OPEN_BELOW = OPEN_ROOT | constants.O_NOFOLLOW;

/**
 * The directories below one root, reached without following a symbolic link, whoever puts one there meanwhile.
 *
 * On Linux each is held by a handle, which is opened from the handle above it and stays what it is: names are
 * reached through /proc. Where there is no /proc, names are reached by path, and every directory on the way
 * is only looked at before each use: a program that swaps one for a link right then is not kept out there.
 */
export interface Directories {
  /**
   * The way to a name in a directory. It holds until `locate` has been called twice more.
   *
   * @param directory its path below the root, "" for the root itself
   * @throws the system's error; ELOOP or ENOTDIR when a link or a file is on the way
   */
  locate(directory: ByteString, name: ByteString): NativePath;
  /** Forgets a directory that is being removed, and what is below it. */
  forget(directory: ByteString): void;
  close(): void;
}

export function openDirectories(root: ByteString): Directories {
  const handles = process.platform === "linux" && existsSync("/proc/self/fd");
  return handles ? openByHandle(root) : openByPath(root);
}

function openByHandle(root: ByteString): Directories {
  const rootHandle = openSync(toNativePath(root), OPEN_ROOT);
  const proc = findOwnProc();
  // Least recently used first.
  const handles = new Map<ByteString, number>();
  let lastPath: ByteString = "";
  let lastHandle = rootHandle;
  let closed = false;

  function within(handle: number, name: ByteString): NativePath {
    return toNativePath(`${proc}/fd/${handle}/${name}`);
  }

  function open(directory: ByteString): number {
    if (directory === lastPath) return lastHandle;
    const missing: ByteString[] = [];
    let path = directory;
    while (path !== "" && !handles.has(path)) {
      missing.push(path);
      path = parentOf(path);
    }
    let handle = path === "" ? rootHandle : keep(path, handles.get(path) ?? rootHandle);
    for (const below of missing.reverse())
      handle = keep(below, openSync(within(handle, nameOf(below)), OPEN_BELOW));
    lastPath = directory;
    lastHandle = handle;
    return handle;
  }

  function keep(path: ByteString, handle: number): number {
    handles.delete(path);
    handles.set(path, handle);
    if (handles.size > MAX_HANDLES) {
      for (const oldest of handles.keys()) {
        if (oldest === lastPath) continue; // may be in use together with this one
        release(oldest);
        break;
      }
    }
    return handle;
  }

  function release(path: ByteString): void {
    const handle = handles.get(path);
    if (handle === undefined) return;
    handles.delete(path);
    closeSync(handle);
    if (path === lastPath) {
      lastPath = "";
      lastHandle = rootHandle;
    }
  }

  return {
    locate: (directory, name) => within(open(directory), name),
    forget(directory) {
      for (const path of [...handles.keys()])
        if (path === directory || path.startsWith(`${directory}/`)) release(path);
    },
    close() {
      if (closed) return;
      closed = true;
      for (const path of [...handles.keys()]) release(path);
      closeSync(rootHandle);
    },
  };
}

function openByPath(root: ByteString): Directories {
  // Each time anew: where case does not count, the sender itself can put a link `a` in the place of its directory `A`.
  function check(directory: ByteString): void {
    if (directory === "") return;
    check(parentOf(directory));
    if (!lstatSync(toNativePath(`${root}/${directory}`)).isDirectory()) {
      throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
    }
  }
  return {
    locate(directory, name) {
      check(directory);
      return toNativePath(directory === "" ? `${root}/${name}` : `${root}/${directory}/${name}`);
    },
    forget() {},
    close() {},
  };
}

/** By its number the process is found faster than as "self". In a PID namespace /proc may know it by another one. */
function findOwnProc(): string {
  try {
    return `/proc/${readlinkSync("/proc/self") === String(process.pid) ? process.pid : "self"}`;
  } catch {
    return "/proc/self"; // there is none
  }
}

/** Of a clean path: "" for a single name. */
export function parentOf(path: ByteString): ByteString {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

export function nameOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf("/") + 1);
}
