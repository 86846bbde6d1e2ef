// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, fromByteString } from "../byte-string.js";
import { systemCode } from "../system-code.js";
import type { HardLinks } from "./hardlinks.js";
import type { SourceFile } from "./source.js";
import type { FileStat } from "./stat.js";

/**
 * Where a source's files are. Calls are synchronous, since on a local disk the work of waiting for one is many
 * times the work itself: whoever makes many takes turns with the event loop. Paths are relative to the root,
 * which is "". Errors of the system are thrown as they are, with their `code`.
 */
export interface FileTree {
  /** The root, for messages. */
  readonly location: string;
  /** The names in a directory, in any order. Does not follow links to get there only by the caller's care. */
  readDirectory(path: ByteString): readonly TreeEntry[];
  /** Undefined when nothing is there (any more). Follows no link at the path itself. */
  stat(path: ByteString, links: HardLinks): FileStat | undefined;
  open(stat: FileStat): SourceFile;
  /** Asks the system whether a regular file may be read. Throws what it answers if not. */
  checkReadable(path: ByteString): void;
}

/** One name in a directory; Node's `Dirent` is one. */
export interface TreeEntry {
  readonly name: ByteString;
  isDirectory(): boolean;
}

/** Whether an error says that the path is not there, which is no error while others change the directory. */
export function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(systemCode(error));
}

export function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes(systemCode(error));
}

/** `cause` as this package's error, with the path named. */
export function unreadable(tree: FileTree, path: ByteString, cause: unknown): SessionError {
  const what = path === "" ? `the directory ${tree.location}` : `${fromByteString(path)} in ${tree.location}`;
  return new SessionError("BK_CONTEXT_UNREADABLE", `Cannot read ${what}: ${reasonOf(cause)}`, { cause });
}

/** Why the system refused, for people. */
export function reasonOf(cause: unknown): string {
  return REASONS.get(systemCode(cause)) ?? (cause instanceof Error ? cause.message : String(cause));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "the system does not permit it"],
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "it is not a directory"],
  ["ELOOP", "it has become a symbolic link"],
]);
