// SPDX-License-Identifier: Apache-2.0
import { createMemoryTree, type MemoryEntry } from "./memory-tree.js";
import type { SyncSource } from "./source.js";
import { createTreeSource } from "./tree-source.js";

/**
 * Files in memory as a source of a sync, by their paths: `createMemorySource({ Dockerfile: "FROM scratch" })`.
 *
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE` for a path that is absolute, not clean, or below a file.
 */
export function createMemorySource(files: Readonly<Record<string, MemoryEntry>>): SyncSource {
  return createTreeSource(createMemoryTree(files));
}
