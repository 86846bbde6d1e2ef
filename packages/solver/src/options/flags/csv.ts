// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { toLowerLetters } from "../letters.js";

/**
 * Splits one line of CSV (RFC 4180) into fields: quotes keep commas, doubled quotes stand for one. A line break at
 * the end does not count. Must read what the csvvalue package of docker buildx reads.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for stray quotes, and for nothing at all. Caches have keys in such text, so
 * the message does not show it.
 */
export function parseCsvLine(text: string): readonly string[] {
  const line = text.replace(/\r?\n$/, "");
  if (line === "") throw invalidOption("csv", "The value is empty");
  const fields: string[] = [];
  // Either a quoted field, or one without any quote, up to a comma or the end.
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/uy;
  for (;;) {
    const start = field.lastIndex + 1;
    const match = field.exec(line);
    if (!match) throw invalidOption("csv", `The quotes of the part from character ${start} on do not match`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") return fields;
  }
}

/** A field `key=value`, of which the value may hold further `=`; undefined without any. */
export function splitPair(field: string): readonly [key: string, value: string] | undefined {
  const at = field.indexOf("=");
  return at < 0 ? undefined : [field.slice(0, at), field.slice(at + 1)];
}

/**
 * Fields that all have to be `key=value`. Keys are in lower case.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function requirePair(field: string): readonly [key: string, value: string] {
  const pair = splitPair(field);
  if (!pair) throw invalidOption("csv", `${showValue(field)} is not key=value`);
  return [toLowerLetters(pair[0]), pair[1]];
}

/** Pairs as one line of CSV, quoted where they hold commas or quotes. */
export function formatCsvLine(pairs: readonly (readonly [key: string, value: string])[]): string {
  return pairs
    .map(([key, value]) => `${key}=${value}`)
    .map((pair) => (/[",]/.test(pair) ? `"${pair.replaceAll('"', '""')}"` : pair))
    .join(",");
}

/** Attributes in the order of their names' bytes. */
export function sortedEntries(
  attrs: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(attrs).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Go's strconv.ParseBool; undefined for anything else. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}
