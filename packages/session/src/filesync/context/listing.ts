// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { ByteString } from "../byte-string.js";
import type { FileTree, TreeEntry } from "../source/file-tree.js";
import type { SyncFilter } from "../source/filter.js";
import type { FileStat } from "../source/stat.js";
import { createTreeSource } from "../source/tree-source.js";

/** What one walk saw of a tree. */
export interface Listing {
  /** The entries of every directory that was read, in the order of their bytes. The root is "". */
  readonly directories: ReadonlyMap<ByteString, readonly TreeEntry[]>;
  /** What passed the filter, by its path. */
  readonly sent: ReadonlyMap<ByteString, FileStat>;
}

/**
 * Walks a tree as for a daemon, and keeps what it saw. So what is explained is what is sent, by construction.
 *
 * @throws {SessionError} as `SyncSource.walk` does
 */
export async function listTree(tree: FileTree, filter: SyncFilter, options: AbortOptions): Promise<Listing> {
  const directories = new Map<ByteString, readonly TreeEntry[]>();
  const recorded: FileTree = {
    ...tree,
    readDirectory(path) {
      const entries = tree.readDirectory(path).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      directories.set(path, entries);
      return entries;
    },
  };
  const sent = new Map<ByteString, FileStat>();
  for await (const batch of createTreeSource(recorded).walk(filter, options)) {
    for (const stat of batch) sent.set(stat.path, stat);
  }
  return { directories, sent };
}
