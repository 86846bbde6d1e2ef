// SPDX-License-Identifier: Apache-2.0

// What a build would send: the same sources and filters as in a session.
export { readMetadata } from "../metadata.js";
export { type ByteString, fromByteString, toByteString } from "./byte-string.js";
export type { ContextOptions } from "./context/context-options.js";
export type { ContextPath } from "./context/context-path.js";
export { digestContext } from "./context/digest-context.js";
export {
  type ContextEntry,
  type ContextExplanation,
  type DroppedPath,
  explainContext,
} from "./context/explain-context.js";
export type { PatternOrigin } from "./context/pattern-origin.js";
export { cleanPath } from "./patterns/go-path.js";
export { parseIgnoreFile } from "./patterns/ignorefile.js";
export type { PathTest } from "./patterns/path-test.js";
export type { Pattern } from "./patterns/pattern.js";
export {
  compilePatterns,
  type MatchInfo,
  matchesOrParentMatches,
  matchesUsingParent,
  type PatternMatcher,
} from "./patterns/pattern-matcher.js";
// Receiving what a build exports.
export { createDiskTarget, type DiskTargetOptions } from "./receive/disk-target.js";
export {
  createMemoryTarget,
  type MemoryFile,
  type MemoryTarget,
  type MemoryTargetOptions,
} from "./receive/memory-target.js";
export { type ReceiveOptions, type ReceiveSummary, receiveFiles } from "./receive/receive-files.js";
export type { ReceiveLimits } from "./receive/receive-state.js";
export {
  DROP_PRIVILEGED,
  KEEP_ALL,
  type OmittedEntry,
  type ReceivePolicy,
  type Target,
  type TargetFile,
} from "./receive/target.js";
export { type SendOptions, sendFiles } from "./send/send-files.js";
export type { SendProgress } from "./send/send-progress.js";
export { createDiskSource } from "./source/disk-source.js";
// The daemon's pattern rules.
export { createDiskTree } from "./source/disk-tree.js";
export type { FileTree, TreeEntry } from "./source/file-tree.js";
export { allowsOpen, type FilterLists, type SyncFilter } from "./source/filter.js";
export { followLinks } from "./source/follow-links.js";
export { createMemorySource } from "./source/memory-source.js";
export type { MemoryEntry } from "./source/memory-tree.js";
export { comparePaths } from "./source/order.js";
export type { ReadOptions, SkippedEntry, SourceFile, SyncPatterns, SyncSource } from "./source/source.js";
export { type FileStat, isDirectory, isHardLink, isRegularFile, isSymlink, MODE } from "./source/stat.js";
export { createTreeSource } from "./source/tree-source.js";
