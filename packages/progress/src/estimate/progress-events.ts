// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import { type BuildState, EMPTY_BUILD } from "../state/build-state.js";
import { reduceStatus } from "../state/reduce-status.js";
import { BUILD_PHASES, type BuildPhase } from "./build-phase.js";
import { type BuildProgress, estimateProgress, type SentDirectory } from "./estimate-progress.js";

/** What a progress bar needs to know, as it happens. */
export type ProgressEvent =
  | {
      readonly type: "phase";
      readonly phase: BuildPhase;
      /** A phase may start again: a build may run steps, pull, and run steps again. */
      readonly state: "started" | "completed";
    }
  | {
      readonly type: "progress";
      /** From 0 to 1, and never less than before. 1 only at the end of a build that has succeeded. */
      readonly fraction: number;
      /** A guess at what is left, in milliseconds; undefined as long as there is nothing to go by. */
      readonly remainingMs: number | undefined;
    };

/** Changes of the fraction below this are not told. */
const MIN_STEP = 0.001;
/** The name under which the Dockerfile is sent: that is not the context. */
const DOCKERFILE_DIR = "dockerfile";
/** Output alone says little about how far a build is. */
const LOOK_AT_LOGS_MS = 1_000;

export interface ProgressEventsOptions {
  /** The result goes into a Docker. Default: false. */
  readonly loads?: boolean | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Turns what a build tells into events. `onEvent` is called at once; what it throws is thrown to the caller. */
export interface ProgressEvents {
  update(status: SolveStatus): void;
  /** What the client tells of a directory that it sends. */
  updateSent(directory: SentDirectory & { readonly dir: string }): void;
  /** The build has succeeded: all that was under way is completed, and the fraction is 1. */
  complete(): void;
}

/** Has no timer: without news from the build, as during a long step that is silent, there is no event. */
export function createProgressEvents(
  onEvent: (event: ProgressEvent) => void,
  { loads = false, now = Date.now }: ProgressEventsOptions = {},
): ProgressEvents {
  let state: BuildState = EMPTY_BUILD;
  let progress: BuildProgress | undefined;
  let toldFraction = -1;
  let lookedAtMs = 0;
  /** The daemon's clock may be another one than ours. */
  let skewNs: bigint | undefined;
  const sent = new Map<string, SentDirectory>();

  function look(): void {
    const ownNs = BigInt(Math.round(now() * 1e6));
    const before = progress;
    progress = estimateProgress({ state, sent, loads }, ownNs - (skewNs ?? 0n), before);
    lookedAtMs = now();
    for (const event of phaseEvents(before, progress)) onEvent(event);
    tell(progress);
  }

  function tell({ fraction, remainingMs }: Pick<BuildProgress, "fraction" | "remainingMs">): void {
    if (fraction < 1 && fraction - toldFraction < MIN_STEP) return;
    toldFraction = fraction;
    onEvent({ type: "progress", fraction, remainingMs });
  }

  return {
    update(status) {
      state = reduceStatus(state, status);
      const startedNs = status.vertexes.find((vertex) => vertex.startedNs !== undefined)?.startedNs;
      if (startedNs !== undefined) skewNs ??= BigInt(Math.round(now() * 1e6)) - startedNs;
      const isNews = status.vertexes.length > 0 || status.statuses.length > 0;
      if (isNews || now() - lookedAtMs >= LOOK_AT_LOGS_MS) look();
    },
    updateSent({ dir, scanned, done }) {
      if (dir === DOCKERFILE_DIR) return;
      sent.set(dir, { scanned, done });
      look();
    },
    complete() {
      for (const phase of BUILD_PHASES)
        if (progress?.phases[phase] === "running") onEvent({ type: "phase", phase, state: "completed" });
      tell({ fraction: 1, remainingMs: 0 });
    },
  };
}

function phaseEvents(before: BuildProgress | undefined, after: BuildProgress): readonly ProgressEvent[] {
  return BUILD_PHASES.flatMap((phase) => {
    const [was, is] = [before?.phases[phase] ?? "pending", after.phases[phase]];
    const started = is === "running" || (is === "done" && was === "pending");
    return [
      ...(started && was !== "running" ? [{ type: "phase", phase, state: "started" } as const] : []),
      ...(is === "done" && was !== "done" ? [{ type: "phase", phase, state: "completed" } as const] : []),
    ];
  });
}
