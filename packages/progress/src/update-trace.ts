// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog, VertexStatus, VertexWarning } from "@bk/solver";
import { mergeIntervals } from "./intervals.js";
import { secondsBetween, toFixedEven } from "./numbers.js";
import {
  createVertex,
  isStarted,
  MAX_ENTRIES,
  MAX_INTERVALS,
  MAX_PENDING_BYTES,
  type Trace,
  type TracedVertex,
  toByteText,
} from "./trace.js";
import { joinGroup, refreshGroup } from "./trace-group.js";

/**
 * Takes a status message into the trace. Total: whatever a daemon sends, nothing throws, and what is kept is bounded.
 *
 * Must match the reference: util/progress/progressui of moby/buildkit.
 */
export function updateTrace(trace: Trace, status: SolveStatus, nowMs: number): void {
  const groups = new Set<string>();
  for (const vertex of status.vertexes) {
    if (vertex.progressGroup) {
      if (joinGroup(trace, vertex, vertex.progressGroup)) groups.add(vertex.progressGroup.id);
    } else updateVertex(trace, vertex, nowMs);
  }
  for (const id of groups) {
    const vertex = refreshGroup(trace, id);
    if (vertex) markChanged(trace, vertex, nowMs);
  }
  for (const transfer of status.statuses) updateTransfer(trace, transfer, nowMs);
  for (const warning of status.warnings) addWarning(trace, warning, nowMs);
  for (const log of status.logs) addLog(trace, log, nowMs);
}

function markChanged(trace: Trace, vertex: TracedVertex, nowMs: number): void {
  trace.updates.add(vertex.digest);
  countChange(vertex, nowMs);
}

function countChange(vertex: TracedVertex, nowMs: number): void {
  if (vertex.count === 0) vertex.blockedSinceMs = nowMs;
  vertex.count++;
}

function updateVertex(trace: Trace, vertex: Vertex, nowMs: number): void {
  let traced = trace.byDigest.get(vertex.digest);
  if (!traced) {
    if (trace.byDigest.size >= MAX_ENTRIES) return;
    traced = createVertex(vertex.digest, toByteText(vertex.name));
    trace.byDigest.set(vertex.digest, traced);
  }
  const wasStarted = isStarted(traced);
  if (vertex.startedNs !== undefined) {
    if (isChange(vertex, traced.previous)) {
      countChange(traced, nowMs);
      trace.updates.add(vertex.digest);
    }
    traced.previous = vertex;
    if (!wasStarted) trace.started.push(traced);
  }
  // The daemon may repeat how it announced a step that has started since.
  if (wasStarted && vertex.startedNs === undefined) return;
  traced.digest = vertex.digest;
  traced.name = toByteText(vertex.name);
  traced.cached = vertex.cached;
  traced.error = toByteText(vertex.error ?? "");
  addInterval(traced, vertex);
  traced.merged = mergeIntervals(traced.intervals.values());
}

/** Whether there is something to show. A message that says a step is complete always counts. */
function isChange(vertex: Vertex, previous: Vertex | undefined): boolean {
  return (
    previous === undefined ||
    vertex.completedNs !== undefined ||
    vertex.name !== previous.name ||
    vertex.startedNs !== previous.startedNs ||
    vertex.cached !== previous.cached ||
    (vertex.error ?? "") !== (previous.error ?? "")
  );
}

function addInterval({ intervals }: TracedVertex, { startedNs, completedNs }: Vertex): void {
  if (startedNs === undefined) return;
  if (intervals.size < MAX_INTERVALS || intervals.has(startedNs))
    intervals.set(startedNs, { startNs: startedNs, stopNs: completedNs });
}

function updateTransfer(trace: Trace, transfer: VertexStatus, nowMs: number): void {
  const vertex = trace.byDigest.get(transfer.vertex);
  if (!vertex) return;
  const previous = vertex.transfers.get(transfer.id);
  if (!previous && trace.transferCount++ >= MAX_ENTRIES) return;
  // One that starts anew is listed again, as the reference does.
  const starts = transfer.startedNs !== undefined && previous?.startedNs === undefined;
  if (starts && vertex.startedTransfers.length < MAX_ENTRIES) vertex.startedTransfers.push(transfer.id);
  vertex.transfers.set(transfer.id, transfer);
  vertex.transferUpdates.add(transfer.id);
  markChanged(trace, vertex, nowMs);
}

function addWarning(trace: Trace, warning: VertexWarning, nowMs: number): void {
  const vertex = trace.byDigest.get(warning.vertex);
  if (!vertex || vertex.warnings.length >= MAX_ENTRIES) return;
  vertex.warnings.push(toByteText(warning.short));
  countChange(vertex, nowMs);
}

function addLog(trace: Trace, log: VertexLog, nowMs: number): void {
  const vertex = trace.byDigest.get(log.vertex);
  if (!vertex) return;
  markChanged(trace, vertex, nowMs);
  if (trace.pendingBytes + log.data.length > MAX_PENDING_BYTES) {
    trace.droppedLogs++;
    return;
  }
  const lines = Buffer.from(log.data.buffer, log.data.byteOffset, log.data.length)
    .toString("latin1")
    .split("\n");
  // What stands after the last line break is a line that goes on; empty data goes on with nothing.
  const partial = lines.at(-1) !== "" || log.data.length === 0;
  if (lines.at(-1) === "") lines.pop();
  if (vertex.logsPartial && vertex.logs.length > 0 && lines.length > 0) {
    const more = lines.shift() ?? "";
    vertex.logs[vertex.logs.length - 1] += more;
    trace.pendingBytes += more.length;
  }
  const startNs = vertex.merged.at(-1)?.startNs;
  const prefix = formatLogTime(startNs === undefined ? 0 : secondsBetween(startNs, log.timestampNs ?? 0n));
  for (const line of lines) {
    vertex.logs.push(`${prefix} ${line}`);
    trace.pendingBytes += prefix.length + 1 + line.length;
  }
  vertex.logsPartial = partial;
}

/** Four digits or more, whatever the size. */
function formatLogTime(seconds: number): string {
  return toFixedEven(seconds, seconds < 10 ? 3 : seconds < 100 ? 2 : 1);
}
