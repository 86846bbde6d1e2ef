// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog, VertexStatus, VertexWarning } from "@bk/solver";
import type { BuildState, VertexState } from "./build-state.js";
import { appendOutput } from "./log-tail.js";
import { createVertexState, withMember, withTransfer, withVertex } from "./vertex-state.js";

/** A daemon may invent any number of each. */
const MAX_VERTEXES = 10_000;
const MAX_TRANSFERS = 500;
const MAX_MEMBERS = 500;
const MAX_WARNINGS = 1_000;

/** The next state while it is made: what changes is copied first. */
interface Draft {
  readonly vertexes: VertexState[];
  positions: Map<string, number>;
  dropped: number;
}

/**
 * The state of a build after one more status message. Pure; what has not changed is shared with the state before.
 *
 * Total: whatever a daemon sends, nothing throws, and what is kept is bounded. Output and transfers of steps that the
 * daemon has not named count for nothing.
 */
export function reduceStatus(state: BuildState, status: SolveStatus): BuildState {
  const draft: Draft = {
    vertexes: [...state.vertexes],
    positions: status.vertexes.some((vertex) => !isPlaced(state, vertex))
      ? new Map(state.positions)
      : (state.positions as Map<string, number>),
    dropped: state.dropped,
  };
  for (const vertex of status.vertexes) addVertex(draft, vertex);
  for (const transfer of status.statuses) addTransfer(draft, transfer);
  for (const log of status.logs) addLog(draft, log);
  const warnings = [...state.warnings, ...status.warnings.map(withoutFile)].slice(0, MAX_WARNINGS);
  draft.dropped += state.warnings.length + status.warnings.length - warnings.length;
  return {
    ...draft,
    warnings: status.warnings.length === 0 ? state.warnings : warnings,
  };
}

function isPlaced({ positions }: BuildState, { digest, progressGroup: group }: Vertex): boolean {
  return positions.has(digest) && (!group || positions.get(digest) === positions.get(group.id));
}

function addVertex(draft: Draft, vertex: Vertex): void {
  const { digest, progressGroup: group } = vertex;
  const at = group ? placeOf(draft, group.id, group.name) : placeOf(draft, digest, vertex.name);
  const known = at === undefined ? undefined : draft.vertexes[at];
  if (at === undefined || !known) return;
  if (!group) {
    draft.vertexes[at] = withVertex(known, vertex);
  } else if (draft.positions.has(digest) || mayPlace(draft, known.members.length < MAX_MEMBERS)) {
    draft.positions.set(digest, at);
    draft.vertexes[at] = withMember(known, vertex, group.weak);
  }
}

/** Where a step or group is. One that is new comes last, if there is room for it. */
function placeOf(draft: Draft, key: string, name: string): number | undefined {
  const known = draft.positions.get(key);
  if (known !== undefined || !mayPlace(draft)) return known;
  draft.positions.set(key, draft.vertexes.length);
  return draft.vertexes.push(createVertexState(key, name)) - 1;
}

function mayPlace(draft: Draft, hasRoom = true): boolean {
  if (hasRoom && draft.positions.size < MAX_VERTEXES) return true;
  draft.dropped++;
  return false;
}

function addTransfer(draft: Draft, transfer: VertexStatus): void {
  const at = draft.positions.get(transfer.vertex);
  const vertex = at === undefined ? undefined : draft.vertexes[at];
  if (at === undefined || !vertex) return;
  const isNew = !vertex.transfers.some(({ id }) => id === transfer.id);
  if (isNew && vertex.transfers.length >= MAX_TRANSFERS) draft.dropped++;
  else draft.vertexes[at] = withTransfer(vertex, transfer);
}

function addLog(draft: Draft, { vertex: digest, data }: VertexLog): void {
  const at = draft.positions.get(digest);
  const vertex = at === undefined ? undefined : draft.vertexes[at];
  if (at !== undefined && vertex) draft.vertexes[at] = { ...vertex, logs: appendOutput(vertex.logs, data) };
}

/** The lines that it is about are enough: each warning repeats the whole file. */
function withoutFile(warning: VertexWarning): VertexWarning {
  return { ...warning, sourceInfo: undefined };
}
