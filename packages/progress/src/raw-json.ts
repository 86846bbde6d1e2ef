// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import {
  type PositionJson,
  type RangeJson,
  type SourceInfoJson,
  type StatusJson,
  toStatusJson,
  type VertexJson,
  type VertexLogJson,
  type VertexStatusJson,
  type VertexWarningJson,
} from "./status-json.js";

/** One line of `--progress=rawjson`, with its line break; empty for what has no JSON form. */
export function formatRawJson(status: SolveStatus): string {
  const json = toStatusJson(status);
  return json === undefined ? "" : formatStatusJson(json);
}

/**
 * One line for a status message. Keys have the reference's order, empty ones are left out, and `<`, `>`, `&` are
 * escaped, also within the `definition` of a warning's file, which is written as it is.
 *
 * Must match the reference: encoding/json of the types in client/graph.go of moby/buildkit.
 */
export function formatStatusJson({ vertexes, statuses, logs, warnings }: StatusJson): string {
  const line = object([
    ["vertexes", list(vertexes, formatVertex)],
    ["statuses", list(statuses, formatVertexStatus)],
    ["logs", list(logs, formatLog)],
    ["warnings", list(warnings, formatWarning)],
  ]);
  return `${line}\n`;
}

function formatVertex({ progressGroup: group, ...vertex }: VertexJson): string {
  return object([
    ["digest", optional(vertex.digest)],
    ["inputs", list(vertex.inputs, text)],
    ["name", optional(vertex.name)],
    ["started", time(vertex.started)],
    ["completed", time(vertex.completed)],
    ["cached", optional(vertex.cached)],
    ["error", optional(vertex.error)],
    [
      "progressGroup",
      group &&
        object([
          ["id", optional(group.id)],
          ["name", optional(group.name)],
          ["weak", optional(group.weak)],
        ]),
    ],
  ]);
}

function formatVertexStatus(status: VertexStatusJson): string {
  return object([
    ["id", text(status.id)],
    ["vertex", optional(status.vertex)],
    ["name", optional(status.name)],
    ["total", optional(status.total)],
    ["current", String(status.current)],
    ["timestamp", time(status.timestamp)],
    ["started", time(status.started)],
    ["completed", time(status.completed)],
  ]);
}

function formatLog(log: VertexLogJson): string {
  return object([
    ["vertex", optional(log.vertex)],
    ["stream", optional(log.stream)],
    ["data", text(log.data)],
    ["timestamp", time(log.timestamp)],
  ]);
}

function formatWarning(warning: VertexWarningJson): string {
  return object([
    ["vertex", optional(warning.vertex)],
    ["level", optional(warning.level)],
    ["short", optional(warning.short)],
    ["detail", list(warning.detail, text)],
    ["url", optional(warning.url)],
    ["sourceInfo", warning.sourceInfo && formatSourceInfo(warning.sourceInfo)],
    ["range", list(warning.range, formatRange)],
  ]);
}

function formatSourceInfo({ filename, data, definition, language }: SourceInfoJson): string {
  return object([
    ["filename", optional(filename)],
    ["data", optional(data)],
    ["definition", definition && text(definition)],
    ["language", optional(language)],
  ]);
}

function formatRange({ start, end }: RangeJson): string {
  return object([
    ["start", start && formatPosition(start)],
    ["end", end && formatPosition(end)],
  ]);
}

function formatPosition({ line, character }: PositionJson): string {
  return object([
    ["line", optional(line)],
    ["character", optional(character)],
  ]);
}

function object(fields: readonly (readonly [string, string | undefined])[]): string {
  const present = fields.filter(([, value]) => value !== undefined);
  return `{${present.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
}

function list<T>(items: readonly T[] | undefined, format: (item: T) => string): string | undefined {
  return items === undefined || items.length === 0
    ? undefined
    : `[${items.map((item) => format(item)).join(",")}]`;
}

/** Undefined for what is left out: nothing, zero, false and the empty text. */
function optional(value: string | number | bigint | boolean | undefined): string | undefined {
  if (!value) return undefined;
  return typeof value === "string" ? text(value) : String(value);
}

/** Without the zeros at the end of a fraction; UTC is `Z`. */
function time(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, seconds = value, fraction = "", zone = ""] = /^(.*?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(value) ?? [];
  return text(seconds + fraction.replace(/\.?0+$/, "") + zone.replace(/^[+-]00:00$/, "Z"));
}

function text(value: string | object | null): string {
  return JSON.stringify(value, wellFormed).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value;
}
