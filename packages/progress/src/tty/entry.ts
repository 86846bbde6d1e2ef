// SPDX-License-Identifier: Apache-2.0
import type { VertexStatus, VertexWarning } from "@bk/solver";
import type { BuildState, VertexState } from "../state/build-state.js";

/** What takes a line of the screen: a step, or something about it. */
export type Entry = StepEntry | TransferEntry | WarningEntry;

export interface StepEntry {
  readonly kind: "step";
  readonly vertex: VertexState;
  readonly isRunning: boolean;
}

export interface TransferEntry {
  readonly kind: "transfer";
  readonly transfer: VertexStatus;
  readonly isRunning: boolean;
}

export interface WarningEntry {
  readonly kind: "warning";
  readonly warning: VertexWarning;
  readonly isRunning: false;
}

/** All that has begun, by the time at which its step first did. */
export function listEntries(state: BuildState): readonly Entry[] {
  const warnings = warningsByPlace(state);
  const begun = [...state.vertexes.keys()].filter((place) => isShown(state.vertexes[place]));
  begun.sort((a, b) => compareStart(state.vertexes[a], state.vertexes[b]));
  const entries: Entry[] = [];
  for (const place of begun) {
    const vertex = state.vertexes[place];
    if (!vertex) continue;
    const isRunning = vertex.phase === "running";
    entries.push({ kind: "step", vertex, isRunning });
    for (const transfer of vertex.transfers) {
      if (transfer.startedNs === undefined) continue;
      entries.push({
        kind: "transfer",
        transfer,
        isRunning: isRunning && transfer.completedNs === undefined,
      });
    }
    for (const warning of warnings.get(place) ?? [])
      entries.push({ kind: "warning", warning, isRunning: false });
  }
  return entries;
}

function isShown(vertex: VertexState | undefined): boolean {
  return vertex !== undefined && vertex.phase !== "pending" && !vertex.hidden;
}

function compareStart(a: VertexState | undefined, b: VertexState | undefined): number {
  const first = a?.intervals[0]?.startNs;
  const second = b?.intervals[0]?.startNs;
  if (first === undefined || second === undefined)
    return Number(first === undefined) - Number(second === undefined);
  return first < second ? -1 : first > second ? 1 : 0;
}

function warningsByPlace({ warnings, positions }: BuildState): ReadonlyMap<number, readonly VertexWarning[]> {
  const byPlace = new Map<number, VertexWarning[]>();
  for (const warning of warnings) {
    const place = positions.get(warning.vertex);
    if (place === undefined) continue;
    const others = byPlace.get(place);
    if (others) others.push(warning);
    else byPlace.set(place, [warning]);
  }
  return byPlace;
}
