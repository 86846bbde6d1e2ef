// SPDX-License-Identifier: Apache-2.0
import type { SourceSnippet } from "../failure/source-snippet.js";

// Times are nanoseconds since 1970 as bigint: the daemon's own precision, which progress needs to round and sort
// as the daemon's tools do. `new Date(Number(ns / 1_000_000n))` makes a Date.

/** One message of a build's status stream. Every list holds changes, not the whole state. */
export interface SolveStatus {
  readonly vertexes: readonly Vertex[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly VertexWarning[];
}

/** A step of a build. It is sent again, whole, whenever it changes. */
export interface Vertex {
  /** Identifies the step within the build. */
  readonly digest: string;
  readonly inputs: readonly string[];
  /** `[build 3/4] RUN make`. */
  readonly name: string;
  readonly cached: boolean;
  /** Undefined until the step starts. A step may start and complete several times. */
  readonly startedNs: bigint | undefined;
  readonly completedNs: bigint | undefined;
  readonly error: string | undefined;
  /** Steps of one group are shown as one. */
  readonly progressGroup: ProgressGroup | undefined;
}

export interface ProgressGroup {
  readonly id: string;
  readonly name: string;
  readonly weak: boolean;
}

/** Progress within a step, such as one layer of a pull. */
export interface VertexStatus {
  /** Unique within its vertex. */
  readonly id: string;
  /** Digest of the step. */
  readonly vertex: string;
  readonly name: string;
  /** Bytes or pieces; never negative. Exact up to 2^53. */
  readonly current: number;
  /** As `current`; 0 when not known. */
  readonly total: number;
  readonly timestampNs: bigint | undefined;
  readonly startedNs: bigint | undefined;
  readonly completedNs: bigint | undefined;
}

/** Output of a step, cut anywhere, also within a line or a character. */
export interface VertexLog {
  readonly vertex: string;
  /** 1 is standard output, 2 standard error. */
  readonly stream: number;
  /** As written by the step; not always UTF-8. */
  readonly data: Uint8Array;
  readonly timestampNs: bigint | undefined;
}

export interface VertexWarning {
  readonly vertex: string;
  readonly level: number;
  /** One line. */
  readonly short: string;
  readonly detail: readonly string[];
  readonly url: string | undefined;
  /** Where in the Dockerfile, when that is known: the lines themselves. */
  readonly source: SourceSnippet | undefined;
  /** The whole file that it is about. Undefined also when it, or its graph, has more than 1 MiB. */
  readonly sourceInfo: SourceInfo | undefined;
  /** Where in that file. At most 64. */
  readonly ranges: readonly SourceInfoRange[];
}

/** A file, as the daemon sent it. */
export interface SourceInfo {
  readonly filename: string;
  readonly data: Uint8Array;
  /** The graph that fetches it, in the JSON of the daemon's own tools. */
  readonly definition: object | undefined;
  /** Such as `Dockerfile`. */
  readonly language: string;
}

/** From one place to another, both included. */
export interface SourceInfoRange {
  readonly start: SourcePosition | undefined;
  readonly end: SourcePosition | undefined;
}

export interface SourcePosition {
  /** From 1. */
  readonly line: number;
  /** In the line, from 0. */
  readonly character: number;
}
