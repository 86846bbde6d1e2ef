// SPDX-License-Identifier: Apache-2.0
import type {
  Vertex as ProtoVertex,
  VertexLog as ProtoVertexLog,
  VertexStatus as ProtoVertexStatus,
  VertexWarning as ProtoVertexWarning,
  Range,
  SourceInfo,
  StatusResponse,
} from "@bk/proto/control-codec";
import { createSourceSnippet, type SourceSnippet } from "../failure/source-snippet.js";
import { toSourceInfo, toSourceInfoRange } from "./source-info.js";
import type { SolveStatus, Vertex, VertexLog, VertexStatus, VertexWarning } from "./status-types.js";

/** Of the Dockerfile that a warning repeats. */
const MAX_WARNING_SOURCE_BYTES = 256 << 10;
/** Of one warning. */
const MAX_RANGES = 64;

/** Makes plain objects of a status message. Total: whatever the daemon sent, nothing throws. */
export function toSolveStatus(response: StatusResponse): SolveStatus {
  return {
    vertexes: response.vertexes.map(toVertex),
    statuses: response.statuses.map(toVertexStatus),
    logs: response.logs.map(toVertexLog),
    warnings: response.warnings.map(toVertexWarning),
  };
}

function toVertex(vertex: ProtoVertex): Vertex {
  const group = vertex.progressGroup;
  return {
    digest: vertex.digest,
    inputs: [...vertex.inputs],
    name: vertex.name,
    cached: vertex.cached,
    startedNs: toNanoseconds(vertex.started),
    completedNs: toNanoseconds(vertex.completed),
    error: vertex.error === "" ? undefined : vertex.error,
    progressGroup: group === undefined ? undefined : { id: group.id, name: group.name, weak: group.weak },
  };
}

function toVertexStatus(status: ProtoVertexStatus): VertexStatus {
  return {
    id: status.id,
    vertex: status.vertex,
    name: status.name,
    current: toCount(status.current),
    total: toCount(status.total),
    timestampNs: toNanoseconds(status.timestamp),
    startedNs: toNanoseconds(status.started),
    completedNs: toNanoseconds(status.completed),
  };
}

function toVertexLog(log: ProtoVertexLog): VertexLog {
  return {
    vertex: log.vertex,
    stream: Number(log.stream),
    data: log.msg,
    timestampNs: toNanoseconds(log.timestamp),
  };
}

function toVertexWarning(warning: ProtoVertexWarning): VertexWarning {
  const decoder = new TextDecoder();
  return {
    vertex: warning.vertex,
    level: Number(warning.level),
    short: decoder.decode(warning.short),
    detail: warning.detail.map((line) => decoder.decode(line)),
    url: warning.url === "" ? undefined : warning.url,
    source: warning.info === undefined ? undefined : toSnippet(warning.info, warning.ranges),
    sourceInfo: warning.info === undefined ? undefined : toSourceInfo(warning.info),
    ranges: warning.ranges.slice(0, MAX_RANGES).map(toSourceInfoRange),
  };
}

function toSnippet({ filename, data }: SourceInfo, ranges: readonly Range[]): SourceSnippet | undefined {
  return createSourceSnippet({
    filename,
    text: new TextDecoder().decode(data.subarray(0, MAX_WARNING_SOURCE_BYTES)),
    ranges: ranges.map(({ start, end }) => ({
      startLine: start?.line ?? 0,
      startColumn: start?.character ?? 0,
      endLine: end?.line ?? 0,
    })),
  });
}

function toNanoseconds(
  timestamp: { readonly seconds: bigint; readonly nanos: number } | undefined,
): bigint | undefined {
  return timestamp === undefined ? undefined : timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
}

function toCount(value: bigint): number {
  return value < 0n ? 0 : Number(value);
}
