// SPDX-License-Identifier: Apache-2.0
import type { SourceSnippet } from "@bk/solver";

// Plain JSON: the page is given nothing else. Times are milliseconds from the start of the build. Texts have no control
// characters, those of logs apart from colours. Steps are named by their place in `steps`.

export interface ReportData {
  /** Of the build, such as its tag. */
  readonly title: string;
  /** Its name in the daemon's history. */
  readonly ref: string | undefined;
  readonly outcome: ReportOutcome;
  /** ISO 8601; undefined when no step has started. */
  readonly startedAt: string | undefined;
  /** From the first step's start to the last one's end. */
  readonly wallMs: number;
  readonly totals: ReportTotals;
  readonly groups: readonly ReportGroup[];
  /** In the order of the groups. */
  readonly steps: readonly ReportStep[];
  readonly concurrency: ReportConcurrency;
  readonly criticalPath: ReportPath;
  /** Those that ran longest, at most 5. */
  readonly slowest: readonly number[];
  readonly warnings: readonly ReportWarning[];
  readonly failure: ReportFailure | undefined;
  /** Steps, transfers and warnings beyond what was kept. */
  readonly dropped: number;
}

/** `interrupted`: whoever asked for the build left before its end. */
export type ReportOutcome = "completed" | "failed" | "canceled" | "interrupted";

export interface ReportTotals {
  readonly steps: number;
  readonly phases: Readonly<Record<ReportPhase, number>>;
  /** How long all steps took one after another. */
  readonly stepMs: number;
  readonly transferredBytes: number;
}

/** Steps of one stage for one platform, or what belongs to no stage. At least one step. */
export interface ReportGroup {
  readonly name: string;
  readonly platform: string | undefined;
  /** Its steps are `steps[first]` and so on. */
  readonly first: number;
  readonly count: number;
}

/** `unfinished` had not ended when the build did; `pending` had not begun. */
export type ReportPhase = "ran" | "cached" | "failed" | "canceled" | "unfinished" | "pending";

export interface ReportStep {
  readonly digest: string;
  /** `RUN make`. */
  readonly command: string;
  /** `3/4`; empty for steps of no stage. */
  readonly number: string;
  readonly group: number;
  readonly phase: ReportPhase;
  /** When it ran, as starts and ends. None, although it ran, when it did so earlier, for another build. */
  readonly intervals: readonly (readonly [startMs: number, endMs: number])[];
  /** The sum of the intervals. */
  readonly tookMs: number;
  readonly inputs: readonly number[];
  readonly isCritical: boolean;
  readonly transfers: readonly ReportTransfer[];
  /** The daemon's text; empty without an error. */
  readonly error: string;
  /** Its last output, with colours. */
  readonly log: string;
  /** Bytes of output before that. */
  readonly logLeftOut: number;
}

export interface ReportTransfer {
  readonly name: string;
  /** 0 for what counts no bytes, such as the resolving of a name. */
  readonly bytes: number;
  /** What there was to transfer; 0 when that is not known. */
  readonly totalBytes: number;
  readonly tookMs: number;
  /** Undefined when it was too short, or counted no bytes. */
  readonly bytesPerSecond: number | undefined;
  readonly isDone: boolean;
}

/** How many steps ran at once. */
export interface ReportConcurrency {
  /** The most that ran. */
  readonly max: number;
  /** For how long at least two ran. */
  readonly parallelMs: number;
  /** The most in each of equal parts of the build's time. At most 240 parts. */
  readonly profile: readonly number[];
}

/** The steps that the build waited for, each for the one before. */
export interface ReportPath {
  readonly steps: readonly { readonly step: number; readonly waitedMs: number }[];
  /** The sum of what was waited. */
  readonly ms: number;
}

export interface ReportWarning {
  readonly text: string;
  readonly detail: readonly string[];
  /** With http or https. */
  readonly url: string | undefined;
  readonly step: number | undefined;
  readonly source: SourceSnippet | undefined;
}

export interface ReportFailure {
  readonly message: string;
  readonly command: string | undefined;
  readonly exitCode: number | undefined;
  readonly step: number | undefined;
  readonly sources: readonly SourceSnippet[];
  /** Why a source policy refused the build. */
  readonly denyMessages: readonly string[];
  /** Last lines of the step's output. */
  readonly lastLines: readonly string[];
}
