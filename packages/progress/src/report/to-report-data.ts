// SPDX-License-Identifier: Apache-2.0
import type { SolveFailure } from "@bk/solver";
import { durationNs, type VertexState } from "../state/build-state.js";
import { type Clock, createClock, createOwnIntervals, type OwnIntervals } from "./build-times.js";
import type { CollectedBuild } from "./collect-build.js";
import { measureConcurrency } from "./concurrency.js";
import { findCriticalPath } from "./critical-path.js";
import { groupSteps, type StepGroup } from "./group-steps.js";
import type { ReportData, ReportOutcome, ReportPhase, ReportStep, ReportTotals } from "./report-data.js";
import { toLineText, toLogText, toPlainText } from "./safe-text.js";
import { toFailure, toWarning } from "./to-findings.js";
import { toTransfers } from "./to-transfers.js";

/** What the status of a build does not tell. */
export interface ReportFacts {
  /** Shown first; default: `Build`. */
  readonly title?: string | undefined;
  /** The build's name in the daemon's history. */
  readonly ref?: string | undefined;
  readonly outcome: ReportOutcome;
  /**
   * When the build began, by the daemon's clock; default: when the first step started that was told to have. A step that
   * builds share is told with the times of the first of them: what is before the beginning does not count.
   */
  readonly startedAt?: Date | undefined;
  /** Why it failed; without it, the steps' own errors are shown. */
  readonly failure?: (Pick<SolveFailure, "message"> & Partial<SolveFailure>) | undefined;
}

const SLOWEST = 5;
/** Of one step; that of the failure is shown whole. */
const MAX_ERROR_CHARS = 4 << 10;
const MAX_INPUTS = 1000;
/** Of all steps. */
const MAX_TRANSFERS = 20_000;
const MAX_TITLE_CHARS = 200;

/** Works out all that a report shows. Pure, and total: whatever a daemon sent, nothing throws. */
export function toReportData(build: CollectedBuild, facts: ReportFacts): ReportData {
  const places = [...build.state.vertexes.keys()].filter((place) => !build.state.vertexes[place]?.hidden);
  const ownIntervals = createOwnIntervals(build, facts.startedAt);
  const groups = groupSteps(
    places.map((place) => {
      const vertex = build.state.vertexes[place];
      const [first] = vertex ? ownIntervals(vertex) : [];
      // What was under way already comes where it ended: its start says nothing about this build.
      return { name: vertex?.name ?? "", startNs: first?.isCut ? first.stopNs : first?.startNs };
    }),
  );
  const ordered = groups.flatMap(({ members }) => members.map(({ place }) => places[place] ?? -1));
  const stepOf = new Map(ordered.map((place, step) => [place, step]));
  const toStep = (digest: string): number | undefined => stepOf.get(build.state.positions.get(digest) ?? -1);
  const clock = createClock(
    places.flatMap((place) => build.state.vertexes[place] ?? []),
    ownIntervals,
  );
  const steps = toSteps(build, groups, ordered, { clock, toStep, ownIntervals });
  const wallMs = Math.max(0, ...steps.map((step) => step.intervals.at(-1)?.[1] ?? 0));
  const failure = facts.outcome === "completed" ? undefined : toFailure(facts.failure, steps, toStep);
  const criticalPath = findCriticalPath(steps, failure?.step);
  const critical = new Set(criticalPath.steps.map(({ step }) => step));
  return {
    title: toLineText((facts.title ?? "Build").slice(0, MAX_TITLE_CHARS)),
    ref: facts.ref === undefined ? undefined : toLineText(facts.ref),
    outcome: facts.outcome,
    startedAt: clock.startedAt,
    wallMs,
    totals: toTotals(steps),
    groups: toGroups(groups),
    steps: steps.map((step, at) => ({ ...step, isCritical: critical.has(at) })),
    concurrency: measureConcurrency(steps, wallMs),
    criticalPath,
    slowest: findSlowest(steps),
    warnings: build.state.warnings.map((warning) => toWarning(warning, toStep)),
    failure,
    dropped: build.state.dropped,
  };
}

interface Resolver {
  readonly clock: Clock;
  readonly toStep: (digest: string) => number | undefined;
  readonly ownIntervals: OwnIntervals;
}

function toSteps(
  build: CollectedBuild,
  groups: readonly StepGroup[],
  ordered: readonly number[],
  resolver: Resolver,
): readonly ReportStep[] {
  const names = groups.flatMap(({ members }, group) => members.map(({ name }) => ({ group, name })));
  let transfersLeft = MAX_TRANSFERS;
  return ordered.flatMap((place, at) => {
    const vertex = build.state.vertexes[place];
    const { group = 0, name } = names[at] ?? {};
    if (!vertex || !name) return [];
    const { number, total } = name.position ?? {};
    const transfers = vertex.transfers.slice(0, transfersLeft);
    transfersLeft -= transfers.length;
    return {
      ...toTimes(vertex, resolver),
      digest: toLineText(vertex.digest.slice(0, MAX_TITLE_CHARS)),
      command: name.command,
      number: number === undefined ? "" : `${number}/${total}`,
      group,
      isCritical: false,
      transfers: toTransfers(transfers),
      error: toPlainText(vertex.error.slice(0, MAX_ERROR_CHARS)),
      ...toLog(build, place),
    };
  });
}

function toTimes(
  vertex: VertexState,
  { clock, toStep, ownIntervals }: Resolver,
): Pick<ReportStep, "phase" | "intervals" | "tookMs" | "inputs"> {
  const own = ownIntervals(vertex);
  const intervals = own.map(({ startNs, stopNs }) => {
    const startMs = clock.toMs(startNs);
    return [startMs, Math.max(startMs, clock.toMs(stopNs))] as const;
  });
  const inputs = vertex.inputs.flatMap((digest) => toStep(digest) ?? []);
  return {
    phase: toPhase(vertex),
    intervals,
    tookMs: Number(durationNs({ intervals: own }, 0n) / 10_000n) / 100,
    inputs: [...new Set(inputs)].slice(0, MAX_INPUTS),
  };
}

function toPhase({ phase, intervals }: VertexState): ReportPhase {
  if (phase === "done") return "ran";
  if (phase === "running") return "unfinished";
  // The daemon also tells the steps canceled that it had not begun.
  return phase === "canceled" && intervals.length === 0 ? "pending" : phase;
}

function toLog(build: CollectedBuild, place: number): Pick<ReportStep, "log" | "logLeftOut"> {
  const { data, leftOut } = build.logOf(place);
  // What was cut may have been cut within a line.
  const from = leftOut > 0 ? data.indexOf(0x0a) + 1 : 0;
  return {
    log: toLogText(data.subarray(from)).replace(/\n$/, ""),
    logLeftOut: leftOut > 0 ? leftOut + from : 0,
  };
}

function toGroups(groups: readonly StepGroup[]): ReportData["groups"] {
  let first = 0;
  return groups.map(({ name, platform, members }) => {
    const group = { name, platform, first, count: members.length };
    first += members.length;
    return group;
  });
}

function toTotals(steps: readonly ReportStep[]): ReportTotals {
  const phases = { ran: 0, cached: 0, failed: 0, canceled: 0, unfinished: 0, pending: 0 };
  for (const { phase } of steps) phases[phase]++;
  const transfers = steps.flatMap((step) => step.transfers);
  return {
    steps: steps.length,
    phases,
    stepMs: steps.reduce((sum, { tookMs, phase }) => sum + (phase === "cached" ? 0 : tookMs), 0),
    transferredBytes: transfers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function findSlowest(steps: readonly ReportStep[]): readonly number[] {
  return [...steps.keys()]
    .filter((at) => steps[at]?.phase !== "cached" && (steps[at]?.tookMs ?? 0) > 0)
    .sort((a, b) => (steps[b]?.tookMs ?? 0) - (steps[a]?.tookMs ?? 0))
    .slice(0, SLOWEST);
}
