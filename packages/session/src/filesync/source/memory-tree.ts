// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, fromByteString, toByteString } from "../byte-string.js";
import { cleanPath, parentPath } from "../patterns/go-path.js";
import type { FileTree, TreeEntry } from "./file-tree.js";
import { createMemoryFile } from "./memory-file.js";
import { type FileStat, isDirectory, MODE } from "./stat.js";

/** A file in memory: its content, alone or with what differs from an ordinary file, or a symbolic link. */
export type MemoryEntry =
  | string
  | Uint8Array
  | {
      readonly content: string | Uint8Array;
      /** Permission bits, 0o644 unless given. */
      readonly mode?: number | undefined;
    }
  | { readonly symlink: string };

interface Node {
  readonly stat: FileStat;
  readonly content: Uint8Array;
  readonly entries: Map<ByteString, TreeEntry>;
}

/**
 * A directory in memory. Directories come from the paths of what they hold. Every entry has the time of this
 * call, since the daemon takes a file of equal size and time for unchanged.
 *
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE` for a path that is absolute, not clean, or below a file.
 */
export function createMemoryTree(files: Readonly<Record<string, MemoryEntry>>): FileTree {
  const now = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
  const nodes = new Map<ByteString, Node>([["", createNode("", MODE.directory | 0o755, now)]]);
  for (const [name, entry] of Object.entries(files)) addFile(nodes, toByteString(name), entry, now);
  return {
    location: "memory",
    readDirectory(path) {
      const node = nodes.get(path);
      if (!node) throw systemError("ENOENT");
      if (!isDirectory(node.stat)) throw systemError("ENOTDIR");
      return [...node.entries.values()];
    },
    stat: (path) => nodes.get(path)?.stat,
    open(stat) {
      const node = nodes.get(stat.path);
      if (!node) throw invalidPath(stat.path, "it does not exist");
      return createMemoryFile(node.content);
    },
    checkReadable() {},
  };
}

function addFile(nodes: Map<ByteString, Node>, path: ByteString, entry: MemoryEntry, now: bigint): void {
  if (
    path !== cleanPath(path) ||
    path.startsWith("/") ||
    /^\.\.?(?:\/|$)/.test(path) ||
    path.includes("\0")
  ) {
    throw invalidPath(path, "a path must be relative and clean");
  }
  const known = nodes.get(path);
  if (known) throw invalidPath(path, "it is a directory too");
  addEntry(nodes, path, false, now);
  if (typeof entry === "object" && "symlink" in entry) {
    nodes.set(
      path,
      createNode(path, MODE.symlink | 0o777, now, new Uint8Array(), toByteString(entry.symlink)),
    );
    return;
  }
  const { content, mode } =
    typeof entry === "object" && "content" in entry ? entry : { content: entry, mode: undefined };
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  nodes.set(path, createNode(path, (mode ?? 0o644) & 0o777, now, bytes));
}

/** Enters the last name of a path into its directory, which is made if need be. */
function addEntry(nodes: Map<ByteString, Node>, path: ByteString, directory: boolean, now: bigint): void {
  const parent = path.includes("/") ? parentPath(path) : "";
  let node = nodes.get(parent);
  if (!node) {
    addEntry(nodes, parent, true, now);
    node = createNode(parent, MODE.directory | 0o755, now);
    nodes.set(parent, node);
  }
  if (!isDirectory(node.stat)) throw invalidPath(path, `${fromByteString(parent)} is not a directory`);
  const name = path.slice(path.lastIndexOf("/") + 1);
  node.entries.set(name, { name, isDirectory: () => directory });
}

function createNode(
  path: ByteString,
  mode: number,
  modTimeNs: bigint,
  content: Uint8Array = new Uint8Array(),
  linkname: ByteString = "",
): Node {
  const size = linkname.length || content.length;
  const stat = {
    path,
    mode: mode >>> 0,
    uid: 0,
    gid: 0,
    size,
    modTimeNs,
    linkname,
    devmajor: 0,
    devminor: 0,
    inode: 0n,
  };
  return { stat, content, entries: new Map() };
}

function invalidPath(path: ByteString, why: string): SessionError {
  return new SessionError(
    "BK_CONTEXT_UNREADABLE",
    `${fromByteString(path)} cannot be in a directory in memory: ${why}`,
  );
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
