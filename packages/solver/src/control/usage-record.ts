// SPDX-License-Identifier: Apache-2.0
import type { UsageRecord as ProtoUsageRecord } from "@bk/proto/control";
import { toDate } from "./time.js";

/** One record of the daemon's build cache. */
export interface UsageRecord {
  readonly id: string;
  /** `regular`, `internal`, `frontend`, `source.local`, `source.git.checkout` or `exec.cachemount`. */
  readonly type: string;
  /** What made it: `mount / from exec /bin/sh -c make`. */
  readonly description: string;
  /** Bytes of this record alone, without its parents. Exact up to 2^53. */
  readonly size: number;
  /** Still written to: a cache mount, or a source that is kept up to date. */
  readonly mutable: boolean;
  /** A build holds it, so that it cannot be pruned. */
  readonly inUse: boolean;
  /** Its bytes belong to an image or container too, so that pruning frees nothing. */
  readonly shared: boolean;
  readonly parents: readonly string[];
  readonly usageCount: number;
  readonly createdAt: Date | undefined;
  /** Undefined when no build has used it. */
  readonly lastUsedAt: Date | undefined;
}

export function toUsageRecord(record: ProtoUsageRecord): UsageRecord {
  return {
    id: record.id,
    type: record.recordType,
    description: record.description,
    size: Number(record.size),
    mutable: record.mutable,
    inUse: record.inUse,
    shared: record.shared,
    // Daemons before 0.11 know one parent only.
    parents: record.parents.length > 0 || record.parent === "" ? [...record.parents] : [record.parent],
    usageCount: Number(record.usageCount),
    createdAt: toDate(record.createdAt),
    lastUsedAt: toDate(record.lastUsedAt),
  };
}
