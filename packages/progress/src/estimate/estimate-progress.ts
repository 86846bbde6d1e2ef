// SPDX-License-Identifier: Apache-2.0
import type { BuildState, VertexPhase } from "../state/build-state.js";
import { BUILD_PHASES, type BuildPhase, phaseOfTransfer, phaseOfVertex } from "./build-phase.js";
import { type ExpectedTime, expectTimes } from "./expected-time.js";

/** How far a build is. */
export interface BuildProgress {
  /** From 0 to 1, and never less than before. 1 only for a build that has succeeded. */
  readonly fraction: number;
  /** A guess at what is left, in milliseconds; undefined as long as there is nothing to go by. */
  readonly remainingMs: number | undefined;
  readonly phases: Readonly<Record<BuildPhase, PhaseState>>;
}

export type PhaseState = "pending" | "running" | "done";

/** What a client knows of the directories that it sends. */
export interface SentDirectory {
  readonly scanned: boolean;
  readonly done: boolean;
}

export interface ProgressFacts {
  readonly state: BuildState;
  /** The directories that have been asked for, by name. */
  readonly sent: ReadonlyMap<string, SentDirectory>;
  /** The result goes into a Docker. */
  readonly loads: boolean;
}

/** Steps that are not known yet, as the Dockerfile has not been read, count as this much of time. */
const UNKNOWN_MS = 10_000;
const UNKNOWN_EXPORT_MS = 1_500;
/** What is known of a build this young, in milliseconds, says nothing about its end. */
const MIN_ELAPSED_MS = 1_000;
const MAX_FRACTION = 0.99;

/** How far a build is, by the time that its steps took and are likely to take. `nowNs` is the daemon's clock. Pure. */
export function estimateProgress(facts: ProgressFacts, nowNs: bigint, before?: BuildProgress): BuildProgress {
  const times = expectTimes(facts.state.vertexes, nowNs);
  const isPlanned = times.some(({ phase }) => phase === "run" || phase === "export");
  const known = sum(times, ({ totalMs }) => totalMs);
  const unknown =
    (isPlanned ? 0 : UNKNOWN_MS) + (times.some(({ phase }) => phase === "export") ? 0 : UNKNOWN_EXPORT_MS);
  const fraction = Math.max(
    before?.fraction ?? 0,
    Math.min(sum(times, ({ passedMs }) => passedMs) / (known + unknown), MAX_FRACTION),
  );
  const elapsedMs = elapsedSinceStart(facts.state, nowNs);
  const canGuess = isPlanned && fraction > 0 && elapsedMs >= MIN_ELAPSED_MS;
  return {
    fraction,
    remainingMs: canGuess ? Math.round((elapsedMs * (1 - fraction)) / fraction) : undefined,
    phases: phasesOf(facts),
  };
}

function sum(times: readonly ExpectedTime[], of: (time: ExpectedTime) => number): number {
  return times.reduce((total, time) => total + of(time), 0);
}

function elapsedSinceStart({ vertexes }: BuildState, nowNs: bigint): number {
  let first = nowNs;
  for (const { intervals } of vertexes)
    if (intervals[0] && intervals[0].startNs < first) first = intervals[0].startNs;
  return Number((nowNs - first) / 1_000_000n);
}

function phasesOf({ state, sent, loads }: ProgressFacts): BuildProgress["phases"] {
  const seen = new Map<BuildPhase, PhaseState>();
  /** A phase runs as long as any of its work does, and is done when none is left that is known. */
  const add = (phase: BuildPhase | undefined, part: PhaseState) => {
    const others = phase && seen.get(phase);
    if (phase) seen.set(phase, others === undefined || others === part ? part : "running");
  };
  for (const { scanned, done } of sent.values()) {
    add("scan", scanned ? "done" : "running");
    add("transfer", done ? "done" : "running");
  }
  for (const { name, phase, hidden, transfers } of state.vertexes) {
    const own = phaseOfVertex(name);
    // What is cached was neither run nor pulled.
    if (!hidden && phase !== "cached") add(own, partOf(phase));
    for (const { id, completedNs } of own === "export" ? transfers : [])
      add(phaseOfTransfer(id, loads), completedNs === undefined ? "running" : "done");
  }
  return Object.fromEntries(
    BUILD_PHASES.map((phase) => [phase, seen.get(phase) ?? "pending"]),
  ) as BuildProgress["phases"];
}

function partOf(phase: VertexPhase): PhaseState {
  if (phase === "pending" || phase === "running") return phase;
  return "done";
}
