// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { streamControl } from "./call-control.js";
import { toNanoseconds } from "./time.js";
import { toUsageRecord, type UsageRecord } from "./usage-record.js";

/** What to remove and what to keep. Without limits, everything that no build is using goes. */
export interface PruneOptions extends AbortOptions {
  /** Expressions of the daemon, of which a record must match one: `type==exec.cachemount`. */
  readonly filter?: readonly string[] | undefined;
  /** Internal records and those of frontend images too. */
  readonly all?: boolean | undefined;
  /** Keep what a build has used within this time. */
  readonly keepDurationMs?: number | undefined;
  /** Keep at least so much, in bytes. */
  readonly reservedSpace?: number | undefined;
  /** Remove until the cache is no larger than this, in bytes. */
  readonly maxUsedSpace?: number | undefined;
  /** Remove until the disk has so much free, in bytes. */
  readonly minFreeSpace?: number | undefined;
}

/**
 * Removes records of the build cache, and yields each as it goes. Leaving the loop stops the daemon.
 *
 * @throws {TransportError}, {SolverError} `BK_REQUEST_REFUSED`; `signal.reason`.
 */
export async function* prune(
  daemon: Daemon,
  options: PruneOptions = {},
): AsyncGenerator<UsageRecord, void, undefined> {
  const request = {
    filter: [...(options.filter ?? [])],
    all: options.all === true,
    keepDuration: toNanoseconds(options.keepDurationMs),
    reservedSpace: toBytes(options.reservedSpace),
    maxUsedSpace: toBytes(options.maxUsedSpace),
    minFreeSpace: toBytes(options.minFreeSpace),
  };
  const records = streamControl(daemon, "prune", (control, given) => control.prune(request, given), options);
  for await (const record of records) yield toUsageRecord(record);
}

function toBytes(value: number | undefined): bigint {
  return BigInt(Math.round(value ?? 0));
}
