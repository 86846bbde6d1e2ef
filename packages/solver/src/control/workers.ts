// SPDX-License-Identifier: Apache-2.0
import {
  type CDIDevice,
  ListWorkersRequest,
  ListWorkersResponse,
  type GCPolicy as ProtoGCPolicy,
  type Platform as ProtoPlatform,
  type WorkerRecord,
} from "@bk/proto/control-codec";
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { formatPlatformFully } from "../options/platform.js";
import { explained } from "./call-control.js";
import { callDirectly } from "./direct-call.js";
import { type DaemonInfo, toDaemonInfo } from "./info.js";

/** The part of a daemon that runs steps and keeps their results. */
export interface Worker {
  readonly id: string;
  /** Facts such as `org.mobyproject.buildkit.worker.executor`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What it can run, its own platform first: `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Rules by which it prunes by itself, in order. */
  readonly gcPolicy: readonly GcRule[];
  readonly buildkit: DaemonInfo;
  readonly devices: readonly Device[];
}

/** As `PruneOptions`; 0 sets no limit. */
export interface GcRule {
  readonly all: boolean;
  readonly filter: readonly string[];
  readonly keepDurationMs: number;
  readonly reservedSpace: number;
  readonly maxUsedSpace: number;
  readonly minFreeSpace: number;
}

/** A device of the Container Device Interface that steps can ask for. */
export interface Device {
  readonly name: string;
  /** Builds may use it without an entitlement. */
  readonly autoAllow: boolean;
  readonly onDemand: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ListWorkersOptions extends AbortOptions {
  /** Expressions of the daemon, of which a worker must match one: `id==abc`. */
  readonly filter?: readonly string[] | undefined;
}

/** @returns the workers, the default one first. @throws {TransportError}, {SolverError}; `signal.reason`. */
export async function listWorkers(
  daemon: Daemon,
  options: ListWorkersOptions = {},
): Promise<readonly Worker[]> {
  const request = ListWorkersRequest.encode({ filter: options.filter ?? [] }).finish();
  const { record } = await explained(daemon, "list its workers", options, () =>
    callDirectly(daemon, { method: "ListWorkers", request, answer: ListWorkersResponse }, options),
  );
  return record.map(toWorker);
}

function toWorker(record: WorkerRecord): Worker {
  return {
    id: record.id,
    labels: { ...record.labels },
    platforms: record.platforms.map(toPlatform),
    gcPolicy: record.gcPolicy.map(toGcRule),
    buildkit: toDaemonInfo(record.buildkitVersion),
    devices: record.cdiDevices.map(toDevice),
  };
}

function toPlatform({ os, architecture, variant, osVersion, osFeatures }: ProtoPlatform): string {
  return formatPlatformFully({ os, architecture, variant, osVersion, osFeatures });
}

function toGcRule(policy: ProtoGCPolicy): GcRule {
  return {
    all: policy.all,
    filter: [...policy.filters],
    keepDurationMs: Number(policy.keepDuration / 1_000_000n),
    reservedSpace: Number(policy.reservedSpace),
    maxUsedSpace: Number(policy.maxUsedSpace),
    minFreeSpace: Number(policy.minFreeSpace),
  };
}

function toDevice({ name, autoAllow, onDemand, annotations }: CDIDevice): Device {
  return { name, autoAllow, onDemand, annotations: { ...annotations } };
}
