// SPDX-License-Identifier: Apache-2.0

// What a build would send: the same sources and filters as in a session.
export { type ByteString, fromByteString, toByteString } from "./byte-string.js";
export { createDiskSource } from "./disk-source.js";
// The daemon's pattern rules.
export { createDiskTree } from "./disk-tree.js";
export type { FileTree, TreeEntry } from "./file-tree.js";
export { allowsOpen, type FilterLists, type SyncFilter } from "./filter.js";
export { followLinks } from "./follow-links.js";
export { cleanPath } from "./go-path.js";
export { parseIgnoreFile } from "./ignorefile.js";
export { createMemorySource } from "./memory-source.js";
export type { MemoryEntry } from "./memory-tree.js";
export { comparePaths } from "./order.js";
export type { PathTest, Pattern } from "./pattern.js";
export {
  compilePatterns,
  type MatchInfo,
  matchesOrParentMatches,
  matchesUsingParent,
  type PatternMatcher,
} from "./pattern-matcher.js";
export type { SourceFile, SyncPatterns, SyncSource } from "./source.js";
export { type FileStat, isDirectory, isHardLink, isRegularFile, isSymlink, MODE } from "./stat.js";
