// SPDX-License-Identifier: Apache-2.0
import type { ProgressGroup, Vertex } from "@bk/solver";
import { mergeIntervals } from "./intervals.js";
import {
  createVertex,
  MAX_ENTRIES,
  MAX_INTERVALS,
  type Trace,
  type TracedGroup,
  type TracedVertex,
  toByteText,
} from "./trace.js";

/** Makes a step one of its group. False when there are too many to keep it. */
export function joinGroup(trace: Trace, vertex: Vertex, { id, name }: ProgressGroup): boolean {
  let group = trace.groups.get(id);
  if (!group) {
    if (trace.byDigest.size >= MAX_ENTRIES) return false;
    group = { vertex: { ...createVertex(id, toByteText(name)), hidden: true }, members: new Map() };
    trace.groups.set(id, group);
    trace.byDigest.set(id, group.vertex);
  }
  if (trace.byDigest.size >= MAX_ENTRIES && !group.members.has(vertex.digest)) return false;
  group.members.set(vertex.digest, vertex);
  trace.byDigest.set(vertex.digest, group.vertex);
  return true;
}

/** Draws the group's state from its steps. Returns its entry if there is something new to show. */
export function refreshGroup(trace: Trace, id: string): TracedVertex | undefined {
  const group = trace.groups.get(id);
  if (!group) return undefined;
  const { vertex } = group;
  const { hidden, cached, error } = vertex;
  const ranAnew = takeIntervals(group);
  vertex.cached = true;
  for (const member of group.members.values()) {
    vertex.cached &&= member.cached;
    if (member.startedNs !== undefined && member.progressGroup?.weak !== true) vertex.hidden = false;
    if (vertex.error !== "") vertex.hidden = false;
    else vertex.error = toByteText(member.error ?? "");
  }
  if (vertex.hidden) return undefined;
  if (hidden) trace.started.push(vertex);
  return ranAnew || hidden || vertex.cached !== cached || vertex.error !== error ? vertex : undefined;
}

/** Whether any interval is new or has changed. */
function takeIntervals({ vertex, members }: TracedGroup): boolean {
  let changed = false;
  for (const { startedNs, completedNs } of members.values()) {
    if (startedNs === undefined) continue;
    const known = vertex.intervals.get(startedNs);
    if (known ? known.stopNs === completedNs : vertex.intervals.size >= MAX_INTERVALS) continue;
    vertex.intervals.set(startedNs, { startNs: startedNs, stopNs: completedNs });
    changed = true;
  }
  vertex.merged = mergeIntervals(vertex.intervals.values());
  return changed;
}
