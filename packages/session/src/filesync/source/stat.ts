// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, constants } from "node:fs";
import type { ByteString } from "../byte-string.js";
import type { Xattrs } from "../xattrs.js";

/** What the peer is told of one path. */
export interface FileStat {
  /** Relative to the root, with "/" between names, without one at either end. */
  readonly path: ByteString;
  /** Type and permission bits of Go's `os.FileMode`, an unsigned 32-bit number; not `st_mode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. 0 for a directory; of a hard link, those of its file. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly modTimeNs: bigint;
  /** Target of a symbolic link as it is written; for a hard link, the path under which its file was sent. Else "". */
  readonly linkname: ByteString;
  readonly devmajor: number;
  readonly devminor: number;
  /** What the source knows of them: nothing on disk, where Node has no call for them. */
  readonly xattrs?: Xattrs | undefined;
  /** Not sent: recognises the file when it is opened later. 0 in memory. */
  readonly inode: bigint;
}

/** Bits of Go's `os.FileMode` as they travel. */
export const MODE: Readonly<Record<ModeBit, number>> = {
  directory: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  namedPipe: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  charDevice: 2 ** 21,
  sticky: 2 ** 20,
  irregular: 2 ** 19,
};

type ModeBit =
  | "directory"
  | "symlink"
  | "device"
  | "namedPipe"
  | "socket"
  | "setuid"
  | "setgid"
  | "charDevice"
  | "sticky"
  | "irregular";

/** Bits that are set for anything that is not a regular file. */
const TYPE_BITS =
  MODE.directory |
  MODE.symlink |
  MODE.device |
  MODE.namedPipe |
  MODE.socket |
  MODE.charDevice |
  MODE.irregular;

export function isDirectory(stat: FileStat): boolean {
  return (stat.mode & MODE.directory) !== 0;
}

export function isSymlink(stat: FileStat): boolean {
  return (stat.mode & MODE.symlink) !== 0;
}

/** Whether the peer may ask for the content. True for hard links and sockets too. */
export function isRegularFile(stat: FileStat): boolean {
  return (stat.mode & TYPE_BITS) === 0;
}

/** The peer sees the link's name instead of the content. */
export function isHardLink(stat: FileStat): boolean {
  return stat.linkname !== "" && !isSymlink(stat);
}

/** `st_mode` as Go's `os.FileMode`. A socket is sent as an empty regular file, so its type is left out. */
export function toGoMode(mode: number): number {
  let bits = mode & 0o777;
  if (mode & 0o4000) bits |= MODE.setuid;
  if (mode & 0o2000) bits |= MODE.setgid;
  if (mode & 0o1000) bits |= MODE.sticky;
  return (bits | typeBits(mode & constants.S_IFMT)) >>> 0;
}

function typeBits(type: number): number {
  switch (type) {
    case constants.S_IFDIR:
      return MODE.directory;
    case constants.S_IFLNK:
      return MODE.symlink;
    case constants.S_IFIFO:
      return MODE.namedPipe;
    case constants.S_IFBLK:
      return MODE.device;
    case constants.S_IFCHR:
      return MODE.device | MODE.charDevice;
    default:
      return 0;
  }
}

/** Linux's split of `st_rdev`, with the parts that fsutil sends. */
function splitDevice(rdev: bigint): { readonly major: number; readonly minor: number } {
  return { major: Number((rdev >> 8n) & 0xfffn), minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)) };
}

/**
 * @param linkname target of a symbolic link, or the earlier path of a hard link, else ""
 */
export function toFileStat(path: ByteString, stats: BigIntStats, linkname: ByteString): FileStat {
  const mode = toGoMode(Number(stats.mode));
  const device = stats.rdev === 0n ? NO_DEVICE : splitDevice(stats.rdev);
  return {
    path,
    mode,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: mode & MODE.directory ? 0 : Number(stats.size),
    modTimeNs: stats.mtimeNs,
    linkname,
    devmajor: device.major,
    devminor: device.minor,
    inode: stats.ino,
  };
}

const NO_DEVICE = { major: 0, minor: 0 };
