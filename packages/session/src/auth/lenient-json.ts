// SPDX-License-Identifier: Apache-2.0
// Docker's configuration is read by Go's encoding/json, which forgives more than JSON.parse: text behind the
// first value, keys in any case, null for anything. The same files must be read here.

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: unknown;
}

/** A field of the object that a text begins with. */
export interface Member extends Field {
  /** The value as it is written. */
  readonly source: string;
}

export interface FirstObject {
  /** In order; none for `null` and for no text at all. A key that is there twice comes twice. */
  readonly members: readonly Member[];
  /** What follows the object. */
  readonly rest: string;
}

/**
 * Parses the first value of a text, which must be an object or `null`. The error never quotes the text, since
 * it may hold secrets.
 *
 * @throws {SyntaxError} when the text begins with anything else.
 */
export function parseFirstObject(text: string): FirstObject {
  const start = text.search(/[^ \t\r\n]/);
  if (start < 0) return { members: [], rest: "" };
  if (text.startsWith("null", start)) return { members: [], rest: text.slice(start + 4) };
  const commas = findCommas(text, start);
  const end = commas.at(-1) ?? start;
  if (!isObject(parseOrNothing(text.slice(start, end + 1)))) throw new SyntaxError("Not a JSON object");
  const members = commas.flatMap((comma, index) =>
    parseMember(text.slice((commas[index - 1] ?? start) + 1, comma)),
  );
  return { members, rest: text.slice(end + 1) };
}

/** The fields of an object within another. */
export function toFields(object: JsonObject): readonly Field[] {
  return Object.entries(object).map(([key, value]) => ({ name: key.toLowerCase(), value }));
}

/** A member that should be text: its value, or "" when it is absent or null. The last of several wins. */
export function readText(fields: readonly Field[], key: string): string {
  let text = "";
  for (const { name, value } of fields) {
    if (name !== key || value === null) continue;
    if (typeof value !== "string") throw new SyntaxError(`"${key}" is not a string`);
    text = value;
  }
  return text;
}

/** A member that should be an object: its entries, of several objects together, but only of those behind a null. */
export function readEntries(fields: readonly Field[], key: string): readonly [string, unknown][] {
  let entries: [string, unknown][] = [];
  for (const { name, value } of fields) {
    if (name !== key) continue;
    if (value !== null && !isObject(value)) throw new SyntaxError(`"${key}" is not an object`);
    entries = value === null ? [] : [...entries, ...Object.entries(value)];
  }
  return entries;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is between two commas: one member, or none in an empty object. */
function parseMember(text: string): Member[] {
  const [key] = Object.keys(parseOrNothing(`{${text}}`) ?? {});
  if (key === undefined) return [];
  const source = text.slice((/^\s*"(?:[^"\\]|\\.)*"\s*:\s*/.exec(text)?.[0] ?? "").length).trim();
  return [{ name: key.toLowerCase(), value: parseOrNothing(source), source }];
}

/** Lone surrogates become U+FFFD. */
function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value,
    );
  } catch {
    // The error of JSON.parse quotes the text.
    return undefined;
  }
}

/** Where the members of the object that opens at `start` end: at its commas and its closing brace. */
function findCommas(text: string, start: number): readonly number[] {
  const commas: number[] = [];
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "," && depth === 1) commas.push(i);
    else if ((char === "}" || char === "]") && --depth === 0) return [...commas, i];
  }
  return [];
}
