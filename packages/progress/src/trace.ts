// SPDX-License-Identifier: Apache-2.0
import type { Vertex, VertexStatus } from "@bk/solver";
import type { Interval } from "./intervals.js";

/** Steps, groups and transfers that are kept: a daemon may invent any number. */
export const MAX_ENTRIES = 10_000;
/** Starts of one step that are kept. */
export const MAX_INTERVALS = 256;
/** Output that waits to be shown, of all steps. */
export const MAX_PENDING_BYTES: number = 16 << 20;
/** Last lines of a step's output, repeated if it fails. */
export const RECENT_LINES = 10;

/** What is known of a build, and what of it has not been shown. Text is kept as bytes, in latin1 strings. */
export interface Trace {
  /** By digest; steps of a group have the group's entry, which also stands under the group's id. */
  readonly byDigest: Map<string, TracedVertex>;
  readonly groups: Map<string, TracedGroup>;
  /** Steps that changed since they were shown, in order of change. */
  readonly updates: Set<string>;
  /** In order of their first start. */
  readonly started: TracedVertex[];
  transferCount: number;
  /** Output that has not been shown yet. */
  pendingBytes: number;
  /** Of lines that go on, what has been shown and is kept to be shown again. */
  openBytes: number;
  /** Pieces of output that were not kept because too much waited. */
  droppedLogs: number;
}

export interface TracedVertex {
  digest: string;
  name: string;
  cached: boolean;
  /** Empty without one. */
  error: string;
  /** The number that the step is shown under; 0 until it is. */
  index: number;
  /** The last message about it that had a start. */
  previous: Vertex | undefined;
  /** A group of which only weak steps have started. */
  hidden: boolean;
  readonly intervals: Map<bigint, Interval>;
  merged: readonly Interval[];
  readonly transfers: Map<string, VertexStatus>;
  /** Transfers that have started, in that order. */
  readonly startedTransfers: string[];
  readonly transferUpdates: Set<string>;
  /** Output that waits to be shown, by lines. */
  logs: string[];
  /** The last line has no end yet. */
  logsPartial: boolean;
  /** How much of the first line is on the screen already. */
  logsOffset: number;
  /** How much of the first line has been shown at some time. */
  openBytes: number;
  /** A ring of the last lines. */
  readonly recent: (string | undefined)[];
  recentAt: number;
  /** Warnings that wait to be shown. */
  warnings: string[];
  /** Changes since the step was last in front, and when the first of them came. */
  count: number;
  blockedSinceMs: number | undefined;
}

export interface TracedGroup {
  readonly vertex: TracedVertex;
  readonly members: Map<string, Vertex>;
}

export function createTrace(): Trace {
  return {
    byDigest: new Map(),
    groups: new Map(),
    updates: new Set(),
    started: [],
    transferCount: 0,
    pendingBytes: 0,
    openBytes: 0,
    droppedLogs: 0,
  };
}

export function createVertex(digest: string, name: string): TracedVertex {
  return {
    digest,
    name,
    cached: false,
    error: "",
    index: 0,
    previous: undefined,
    hidden: false,
    intervals: new Map(),
    merged: [],
    transfers: new Map(),
    startedTransfers: [],
    transferUpdates: new Set(),
    logs: [],
    logsPartial: false,
    logsOffset: 0,
    openBytes: 0,
    recent: new Array<string | undefined>(RECENT_LINES).fill(undefined),
    recentAt: 0,
    warnings: [],
    count: 0,
    blockedSinceMs: undefined,
  };
}

export function isStarted(vertex: TracedVertex): boolean {
  return vertex.merged.length > 0;
}

export function isCompleted(vertex: TracedVertex): boolean {
  return vertex.merged.at(-1)?.stopNs !== undefined;
}

export function isCanceled(vertex: TracedVertex): boolean {
  return vertex.error.endsWith("context canceled");
}

/** The bytes of a text, one to a character. */
export function toByteText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
