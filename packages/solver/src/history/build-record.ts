// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryRecord, Descriptor, BuildResultInfo as ProtoBuildResult } from "@bk/proto/control";
import { toDate } from "../control/time.js";
import { grpcCodeName } from "../failure/remote-status.js";
import { withoutCredentials } from "./without-credentials.js";

/** A build in the daemon's history. */
export interface BuildRecord {
  /** The build's name: `BuildResult.ref`, or what another client gave it. */
  readonly ref: string;
  readonly state: "running" | "completed" | "failed" | "canceled";
  /** `dockerfile.v0`, `gateway.v0`; "" for a graph. */
  readonly frontend: string;
  /**
   * Options of the frontend as the daemon spells them. Build args are in here in clear text; the credentials of caches
   * are left out.
   */
  readonly frontendAttrs: Readonly<Record<string, string>>;
  readonly exporters: readonly { readonly type: string; readonly attrs: Readonly<Record<string, string>> }[];
  readonly createdAt: Date | undefined;
  /** Undefined while it runs. */
  readonly completedAt: Date | undefined;
  /** Kept when the daemon cleans its history up. */
  readonly pinned: boolean;
  readonly steps: { readonly total: number; readonly completed: number; readonly cached: number };
  readonly warnings: number;
  /** Why it failed, in one line of the daemon. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** What the exporters reported, as `BuildResult.exporterResponse`. */
  readonly exporterResponse: Readonly<Record<string, string>>;
  /** What was made, by platform (`linux/amd64`); under "" when the build had no platforms. */
  readonly results: Readonly<Record<string, BuildOutput>>;
  /** The recorded status stream, spans and whole error, as blobs of the daemon. */
  readonly blobs: Readonly<Partial<Record<"logs" | "trace" | "error", BlobDescriptor>>>;
}

export interface BuildOutput {
  /** By the index of the exporter. */
  readonly exports: Readonly<Record<string, BlobDescriptor>>;
  /** Provenance and bills of materials. */
  readonly attestations: readonly BlobDescriptor[];
}

/** Points at bytes, as OCI descriptors do. */
export interface BlobDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export function toBuildRecord(record: BuildHistoryRecord): BuildRecord {
  const { logs, trace, externalError } = record;
  return {
    ref: record.ref,
    state: toState(record),
    frontend: record.frontend,
    frontendAttrs: { ...withoutCredentials(record.frontendAttrs) },
    exporters: record.exporters.map(({ type, attrs }) => ({ type, attrs: { ...attrs } })),
    createdAt: toDate(record.createdAt),
    completedAt: toDate(record.completedAt),
    pinned: record.pinned,
    steps: {
      total: record.numTotalSteps,
      completed: record.numCompletedSteps,
      cached: record.numCachedSteps,
    },
    warnings: record.numWarnings,
    error: record.error && { code: grpcCodeName(record.error.code), message: record.error.message },
    exporterResponse: { ...record.exporterResponse },
    results: toResults(record),
    blobs: {
      ...(logs && { logs: toBlob(logs) }),
      ...(trace && { trace: toBlob(trace) }),
      ...(externalError && { error: toBlob(externalError) }),
    },
  };
}

function toState({ completedAt, error }: BuildHistoryRecord): BuildRecord["state"] {
  if (error) return grpcCodeName(error.code) === "Canceled" ? "canceled" : "failed";
  return completedAt ? "completed" : "running";
}

function toResults({ result, results }: BuildHistoryRecord): Record<string, BuildOutput> {
  const all: [string, ProtoBuildResult][] = [
    ...(result ? [["", result] as [string, ProtoBuildResult]] : []),
    ...Object.entries(results),
  ];
  return Object.fromEntries(all.map(([platform, made]) => [platform, toOutput(made)]));
}

function toOutput({ resultDeprecated, results, attestations }: ProtoBuildResult): BuildOutput {
  const exports = Object.entries(results).map(([index, descriptor]) => [index, toBlob(descriptor)] as const);
  // Daemons before 0.13 have one exporter.
  if (exports.length === 0 && resultDeprecated) exports.push(["0", toBlob(resultDeprecated)]);
  return { exports: Object.fromEntries(exports), attestations: attestations.map(toBlob) };
}

function toBlob({ mediaType, digest, size, annotations }: Descriptor): BlobDescriptor {
  return { mediaType, digest, size: Number(size), annotations: { ...annotations } };
}
