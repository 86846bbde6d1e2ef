// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type FileTree, isDenied, unreadable } from "./file-tree.js";
import { createFilter, type SyncFilter } from "./filter.js";
import { dropCovered, followLinks } from "./follow-links.js";
import type { ReadOptions, SyncPatterns, SyncSource } from "./source.js";
import { walkTree } from "./walk.js";

/** A source over any tree of files. */
export function createTreeSource(tree: FileTree): SyncSource {
  return {
    resolveFilter: (patterns, options) => resolveFilter(tree, patterns, options),
    walk: (filter, options) => walkTree(tree, filter, options),
    open: (stat) => tree.open(stat),
  };
}

async function resolveFilter(
  tree: FileTree,
  { includePatterns, excludePatterns, followPaths }: SyncPatterns,
  options: ReadOptions = {},
): Promise<SyncFilter> {
  options.signal?.throwIfAborted();
  if (!followPaths) return createFilter({ includePatterns, excludePatterns });
  const targets = await follow(tree, followPaths, options);
  if (!targets) return createFilter({ includePatterns, excludePatterns });
  // Must match fsutil, which thins out the joined list though it is not sorted.
  return createFilter({
    includePatterns: dropCovered([...(includePatterns ?? []), ...targets]),
    excludePatterns,
  });
}

async function follow(tree: FileTree, paths: NonNullable<SyncPatterns["followPaths"]>, options: ReadOptions) {
  try {
    return await followLinks(options.onSkip ? withoutDenied(tree) : tree, paths, options);
  } catch (cause) {
    if (options.signal?.aborted || SessionError.is(cause)) throw cause;
    throw unreadable(tree, "", cause);
  }
}

/** The tree without what may not be read: a walk reports it, and only if it is to be sent. */
function withoutDenied(tree: FileTree): FileTree {
  return {
    ...tree,
    readDirectory: (path) => unlessDenied(() => tree.readDirectory(path)) ?? [],
    stat: (path, links) => unlessDenied(() => tree.stat(path, links)),
  };
}

function unlessDenied<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
