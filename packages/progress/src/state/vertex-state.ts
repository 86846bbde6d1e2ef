// SPDX-License-Identifier: Apache-2.0
import type { Vertex, VertexStatus } from "@bk/solver";
import { type Interval, mergeIntervals } from "../intervals.js";
import type { VertexPhase, VertexState } from "./build-state.js";
import { EMPTY_TAIL, type LogTail } from "./log-tail.js";

const MAX_INTERVALS = 256;

/** A step that has not started, or a group without steps. */
export function createVertexState(digest: string, name: string): VertexState {
  return {
    digest,
    name,
    inputs: [],
    phase: "pending",
    error: "",
    intervals: [],
    transfers: [],
    logs: EMPTY_TAIL,
    hidden: false,
    members: [],
    weak: false,
  };
}

/** The step as a message tells it. The daemon may repeat how it announced a step that has started since. */
export function withVertex(known: VertexState, vertex: Vertex): VertexState {
  const { name, inputs, startedNs, completedNs, error = "" } = vertex;
  if (startedNs === undefined && known.phase !== "pending" && error === "") return known;
  const intervals =
    startedNs === undefined ? known.intervals : addInterval(known.intervals, startedNs, completedNs);
  const phase = phaseOf(intervals, vertex.cached, error);
  return {
    ...known,
    name: name || known.name,
    inputs: inputs.length > 0 ? inputs : known.inputs,
    error,
    intervals,
    phase,
    logs: keptLogs(known, phase),
  };
}

function addInterval(
  intervals: readonly Interval[],
  startNs: bigint,
  stopNs: bigint | undefined,
): readonly Interval[] {
  const others = intervals.filter((interval) => interval.startNs !== startNs);
  return others.length >= MAX_INTERVALS ? intervals : mergeIntervals([...others, { startNs, stopNs }]);
}

function phaseOf(intervals: readonly Interval[], cached: boolean, error: string): VertexPhase {
  if (error !== "") return error.endsWith("context canceled") ? "canceled" : "failed";
  if (cached) return "cached";
  const last = intervals.at(-1);
  if (!last) return "pending";
  return last.stopNs === undefined ? "running" : "done";
}

/** Nobody asks for the output of a step that went well, and there may be thousands. */
function keptLogs({ logs }: VertexState, phase: VertexPhase): LogTail {
  return phase === "done" || phase === "cached" ? EMPTY_TAIL : logs;
}

/** The group after news of one of its steps: it is what they are together. */
export function withMember(group: VertexState, vertex: Vertex, weak: boolean): VertexState {
  const known = group.members.find(({ digest }) => digest === vertex.digest);
  const member = { ...withVertex(known ?? createVertexState(vertex.digest, vertex.name), vertex), weak };
  const members = known
    ? group.members.map((other) => (other === known ? member : other))
    : [...group.members, member];
  const intervals = mergeIntervals(members.flatMap((other) => other.intervals)).slice(-MAX_INTERVALS);
  const error = members.find((other) => other.error !== "")?.error ?? "";
  const phase = phaseOf(
    intervals,
    members.every((other) => other.phase === "cached"),
    error,
  );
  return {
    ...group,
    members,
    intervals,
    error,
    inputs: members.flatMap(({ inputs }) => inputs),
    phase,
    logs: keptLogs(group, phase),
    hidden: error === "" && members.every((other) => other.weak || other.intervals.length === 0),
  };
}

export function withTransfer(vertex: VertexState, transfer: VertexStatus): VertexState {
  const at = vertex.transfers.findIndex(({ id }) => id === transfer.id);
  const transfers = at < 0 ? [...vertex.transfers, transfer] : vertex.transfers.with(at, transfer);
  return { ...vertex, transfers };
}
