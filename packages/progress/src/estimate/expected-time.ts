// SPDX-License-Identifier: Apache-2.0
import { durationNs, type VertexState } from "../state/build-state.js";
import { type BuildPhase, phaseOfVertex } from "./build-phase.js";

/** Of one step: milliseconds that have passed, and that it is likely to take in all. */
export interface ExpectedTime {
  readonly phase: BuildPhase | undefined;
  readonly passedMs: number;
  readonly totalMs: number;
}

/** What a step takes of which nothing is known yet. Guesses: only their proportions matter, and not for long. */
const TYPICAL_MS: Readonly<Record<BuildPhase | "prepare", number>> = {
  scan: 100,
  transfer: 1_000,
  pull: 4_000,
  run: 5_000,
  export: 1_500,
  push: 3_000,
  load: 1_500,
  prepare: 100,
};
/** A step that is skipped or cached is not free of all cost. */
const MIN_MS = 20;

/** What each step is likely to take: as long as others of its kind did in this build. */
export function expectTimes(vertexes: readonly VertexState[], nowNs: bigint): readonly ExpectedTime[] {
  const steps = vertexes
    .filter(({ hidden }) => !hidden)
    .map((vertex) => ({
      vertex,
      phase: phaseOfVertex(vertex.name),
      passedMs: Number(durationNs(vertex, nowNs) / 1_000_000n),
    }));
  const ran = steps.filter(({ vertex, phase }) => vertex.phase === "done" && phase === "run");
  const typicalRunMs =
    ran.length === 0 ? TYPICAL_MS.run : ran.reduce((sum, { passedMs }) => sum + passedMs, 0) / ran.length;
  return steps.map(({ vertex, phase, passedMs }) => {
    const typicalMs = phase === "run" ? typicalRunMs : TYPICAL_MS[phase ?? "prepare"];
    return { phase, ...expect(vertex, passedMs, Math.max(typicalMs, MIN_MS)) };
  });
}

function expect(vertex: VertexState, passedMs: number, typicalMs: number): Omit<ExpectedTime, "phase"> {
  if (vertex.phase === "pending") return { passedMs: 0, totalMs: typicalMs };
  if (vertex.phase !== "running") {
    const tookMs = Math.max(passedMs, MIN_MS);
    return { passedMs: tookMs, totalMs: tookMs };
  }
  const share = transferredShare(vertex);
  // Without amounts, a step that takes longer than others is always taken to be half way at most.
  const totalMs = share > 0 ? passedMs / share : Math.max(typicalMs, passedMs * 2);
  return { passedMs, totalMs: Math.max(totalMs, MIN_MS) };
}

/** How much of the step's transfers is done, from 0 to 1; 0 when the daemon tells no amounts. */
function transferredShare({ transfers }: VertexState): number {
  let current = 0;
  let total = 0;
  for (const transfer of transfers) {
    if (transfer.total <= 0) continue;
    current += Math.min(transfer.current, transfer.total);
    total += transfer.total;
  }
  return total === 0 ? 0 : current / total;
}
