// SPDX-License-Identifier: Apache-2.0
import { createDiskTree } from "./disk-tree.js";
import type { SyncSource } from "./source.js";
import { createTreeSource } from "./tree-source.js";

/**
 * A directory on disk as a source of a sync. Nothing is read before the daemon asks. Extended attributes are
 * not sent: Node cannot read them.
 */
export function createDiskSource(root: string): SyncSource {
  return createTreeSource(createDiskTree(root));
}
