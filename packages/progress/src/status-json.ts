// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, SourceInfo, SourceInfoRange, SourcePosition } from "@bk/solver";

/** A status message as the reference writes it in JSON. Times are RFC 3339, `data` and texts of warnings base64. */
export interface StatusJson {
  readonly vertexes?: readonly VertexJson[] | undefined;
  readonly statuses?: readonly VertexStatusJson[] | undefined;
  readonly logs?: readonly VertexLogJson[] | undefined;
  readonly warnings?: readonly VertexWarningJson[] | undefined;
}

export interface VertexJson {
  readonly digest?: string | undefined;
  readonly inputs?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly started?: string | undefined;
  readonly completed?: string | undefined;
  readonly cached?: boolean | undefined;
  readonly error?: string | undefined;
  readonly progressGroup?:
    | {
        readonly id?: string | undefined;
        readonly name?: string | undefined;
        readonly weak?: boolean | undefined;
      }
    | undefined;
}

export interface VertexStatusJson {
  readonly id: string;
  readonly vertex?: string | undefined;
  readonly name?: string | undefined;
  readonly total?: number | bigint | undefined;
  readonly current: number | bigint;
  readonly timestamp: string;
  readonly started?: string | undefined;
  readonly completed?: string | undefined;
}

export interface VertexLogJson {
  readonly vertex?: string | undefined;
  readonly stream?: number | undefined;
  /** Null when there is none. */
  readonly data: string | null;
  readonly timestamp: string;
}

export interface VertexWarningJson {
  readonly vertex?: string | undefined;
  readonly level?: number | undefined;
  readonly short?: string | undefined;
  readonly detail?: readonly string[] | undefined;
  readonly url?: string | undefined;
  /** The file that it is about, and where in it. */
  readonly sourceInfo?: SourceInfoJson | undefined;
  readonly range?: readonly RangeJson[] | undefined;
}

export interface SourceInfoJson {
  readonly filename?: string | undefined;
  /** The text of the file. */
  readonly data?: string | undefined;
  /** Where the file came from. */
  readonly definition?: object | undefined;
  readonly language?: string | undefined;
}

export interface RangeJson {
  readonly start?: PositionJson | undefined;
  readonly end?: PositionJson | undefined;
}

export interface PositionJson {
  readonly line?: number | undefined;
  readonly character?: number | undefined;
}

const NS_PER_SECOND = 1_000_000_000n;
/** Years 0 to 9999: others have no RFC 3339 form. */
const MIN_SECONDS = -62_167_219_200n;
const MAX_SECONDS = 253_402_300_799n;

/** Undefined if a time is outside the years 0 to 9999, for which the reference prints nothing either. */
export function toStatusJson(status: SolveStatus): StatusJson | undefined {
  const times = [
    ...status.vertexes.flatMap(({ startedNs, completedNs }) => [startedNs, completedNs]),
    ...status.statuses.flatMap((item) => [item.timestampNs, item.startedNs, item.completedNs]),
    ...status.logs.map(({ timestampNs }) => timestampNs),
  ];
  if (!times.every(hasRfc3339)) return undefined;
  return {
    vertexes: status.vertexes.map(({ startedNs, completedNs, progressGroup, ...vertex }) => ({
      ...vertex,
      started: toOptionalTime(startedNs),
      completed: toOptionalTime(completedNs),
      progressGroup,
    })),
    statuses: status.statuses.map(({ timestampNs, startedNs, completedNs, current, total, ...item }) => ({
      ...item,
      current: toInteger(current),
      total: toInteger(total),
      timestamp: toTime(timestampNs ?? 0n),
      started: toOptionalTime(startedNs),
      completed: toOptionalTime(completedNs),
    })),
    logs: status.logs.map(({ vertex, stream, data, timestampNs }) => ({
      vertex,
      stream,
      data: data.length === 0 ? null : Buffer.from(data).toString("base64"),
      timestamp: toTime(timestampNs ?? 0n),
    })),
    warnings: status.warnings.map(({ vertex, level, short, detail, url, sourceInfo, ranges }) => ({
      vertex,
      level,
      short: toBase64(short),
      detail: detail.map(toBase64),
      url,
      sourceInfo: sourceInfo && toSourceInfoJson(sourceInfo),
      range: ranges.map(toRangeJson),
    })),
  };
}

/** Undefined keys are left out of the text. */
function toSourceInfoJson({ filename, data, definition, language }: SourceInfo): object {
  return {
    filename: filename || undefined,
    data: data.length === 0 ? undefined : Buffer.from(data).toString("base64"),
    definition,
    language: language || undefined,
  };
}

function toRangeJson({ start, end }: SourceInfoRange): object {
  return { start: start && toPositionJson(start), end: end && toPositionJson(end) };
}

function toPositionJson({ line, character }: SourcePosition): object {
  return { line: line || undefined, character: character || undefined };
}

function hasRfc3339(ns: bigint | undefined): boolean {
  if (ns === undefined) return true;
  return ns >= MIN_SECONDS * NS_PER_SECOND && ns < (MAX_SECONDS + 1n) * NS_PER_SECOND;
}

function toOptionalTime(ns: bigint | undefined): string | undefined {
  return ns === undefined ? undefined : toTime(ns);
}

function toTime(ns: bigint): string {
  const fraction = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const date = new Date(Number((ns - fraction) / NS_PER_SECOND) * 1000);
  return `${date.toISOString().slice(0, 19)}.${String(fraction).padStart(9, "0")}Z`;
}

function toInteger(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
