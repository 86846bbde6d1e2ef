// SPDX-License-Identifier: Apache-2.0
import { checkKeys } from "./keys.mjs";
import { textOf } from "./text.mjs";

const VERTEX_KEYS = "digest inputs name started completed cached error progressGroup".split(" ");
const STATUS_KEYS = "id vertex name total current timestamp started completed".split(" ");
const LOG_KEYS = "vertex stream data timestamp".split(" ");
const WARNING_KEYS = "vertex level short detail url sourceInfo range".split(" ");
/** What Go's time is when it was not set. */
const ZERO_TIME = "0001-01-01T00:00:00Z";

/** A status message of a vector as the reference's JSON: with strings as text, and large numbers exact. */
export function toStatusJson(status) {
  checkKeys("status", status, ["vertexes", "statuses", "logs", "warnings"]);
  return {
    vertexes: (status.vertexes ?? []).map((vertex) => {
      checkKeys("vertex", vertex, VERTEX_KEYS);
      const { progressGroup: group } = vertex;
      checkKeys("group", group ?? {}, ["id", "name", "weak"]);
      return {
        ...withTexts(vertex, ["digest", "name", "error"]),
        inputs: vertex.inputs?.map(textOf),
        progressGroup: group && withTexts(group, ["id", "name"]),
      };
    }),
    statuses: (status.statuses ?? []).map((item) => {
      checkKeys("status of a vertex", item, STATUS_KEYS);
      const { current = 0, total = 0, timestamp = ZERO_TIME } = item;
      return {
        ...withTexts({ id: "", ...item }, ["id", "vertex", "name"]),
        ...{ current: BigInt(current), total: BigInt(total), timestamp },
      };
    }),
    logs: (status.logs ?? []).map((log) => {
      checkKeys("log", log, LOG_KEYS);
      return { data: null, timestamp: ZERO_TIME, ...withTexts(log, ["vertex"]) };
    }),
    warnings: (status.warnings ?? []).map((warning) => {
      checkKeys("warning", warning, WARNING_KEYS);
      checkKeys("sourceInfo", warning.sourceInfo ?? {}, ["filename", "data", "definition", "language"]);
      for (const range of warning.range ?? []) checkRange(range);
      return withTexts(warning, ["vertex", "url"]);
    }),
  };
}

function checkRange(range) {
  checkKeys("range", range, ["start", "end"]);
  for (const position of [range.start, range.end])
    checkKeys("position", position ?? {}, ["line", "character"]);
}

function withTexts(object, names) {
  const texts = names
    .filter((name) => object[name] !== undefined)
    .map((name) => [name, textOf(object[name])]);
  return { ...object, ...Object.fromEntries(texts) };
}

/** The same as bk's own type. */
export function toSolveStatus({ vertexes, statuses, logs, warnings }) {
  return {
    vertexes: vertexes.map(({ digest = "", inputs = [], name = "", cached = false, error, ...vertex }) => ({
      ...{ digest, inputs, name, cached, error },
      startedNs: toNanoseconds(vertex.started),
      completedNs: toNanoseconds(vertex.completed),
      progressGroup: vertex.progressGroup && { id: "", name: "", weak: false, ...vertex.progressGroup },
    })),
    statuses: statuses.map(({ id, vertex = "", name = "", current, total, ...item }) => ({
      ...{ id, vertex, name, current: Number(current), total: Number(total) },
      timestampNs: toNanoseconds(item.timestamp),
      startedNs: toNanoseconds(item.started),
      completedNs: toNanoseconds(item.completed),
    })),
    logs: logs.map(({ vertex = "", stream = 0, data, timestamp }) => ({
      ...{ vertex, stream, data: Buffer.from(data ?? "", "base64") },
      timestampNs: toNanoseconds(timestamp),
    })),
    warnings: warnings.map(({ vertex = "", level = 0, short = "", detail = [], url, ...source }) => ({
      ...{ vertex, level, url, source: undefined },
      sourceInfo: source.sourceInfo && toSourceInfo(source.sourceInfo),
      ranges: source.range ?? [],
      short: Buffer.from(short, "base64").toString(),
      detail: detail.map((text) => Buffer.from(text, "base64").toString()),
    })),
  };
}

function toSourceInfo({ filename = "", data = "", definition, language = "" }) {
  return { filename, data: Buffer.from(data, "base64"), definition, language };
}

/** Nanoseconds since 1970 of an RFC 3339 time. */
function toNanoseconds(time) {
  if (time === undefined) return undefined;
  const [, fraction = ""] = /\.(\d+)/.exec(time) ?? [];
  const seconds = BigInt(Date.parse(time.replace(/\.\d+/, ""))) / 1000n;
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}
