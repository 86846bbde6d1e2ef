// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { callControl } from "./call-control.js";
import { toNanoseconds } from "./time.js";
import { toUsageRecord, type UsageRecord } from "./usage-record.js";

export interface DiskUsageOptions extends AbortOptions {
  /** Expressions of the daemon, of which a record must match one: `type==source.local`, `id~=^abc`. */
  readonly filter?: readonly string[] | undefined;
  /** Only what no build has used for so long. */
  readonly unusedForMs?: number | undefined;
}

/**
 * What the daemon's build cache holds, smallest first as the daemon's own tool lists it.
 *
 * @throws {TransportError}, {SolverError} `BK_REQUEST_REFUSED` for a filter that is malformed; `signal.reason`.
 */
export async function diskUsage(
  daemon: Daemon,
  options: DiskUsageOptions = {},
): Promise<readonly UsageRecord[]> {
  const request = { filter: [...(options.filter ?? [])], ageLimit: toNanoseconds(options.unusedForMs) };
  const { record } = await callControl(
    daemon,
    "report its disk usage",
    (control, given) => control.diskUsage(request, given),
    options,
  );
  return record.map(toUsageRecord).sort((a, b) => a.size - b.size || (a.id < b.id ? -1 : 1));
}
