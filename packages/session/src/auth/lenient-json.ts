// SPDX-License-Identifier: Apache-2.0
// Docker's configuration is read by Go's encoding/json, which forgives more than JSON.parse: text behind the
// first value, keys in any case, null for anything. The same files must be read here.

export type JsonObject = Readonly<Record<string, unknown>>;

export interface FirstObject {
  /** The object, empty for `null` and for no text at all. */
  readonly object: JsonObject;
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
  if (start < 0) return { object: {}, rest: "" };
  const nothing = /^null(?=[ \t\r\n]|$)/.exec(text.slice(start));
  if (nothing) return { object: {}, rest: text.slice(start + nothing[0].length) };
  const end = findObjectEnd(text, start);
  const object = end === undefined ? undefined : parseOrNothing(text.slice(start, end));
  if (!isObject(object)) throw new SyntaxError("Not a JSON object");
  return { object, rest: text.slice(end) };
}

/** The entries of an object, keys in lower case; a key that is there twice comes twice, in order. */
export function lowerCaseEntries(object: JsonObject): [string, unknown][] {
  return Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]);
}

/** A member that should be text: its value, or "" when it is absent or null. The last of several wins. */
export function readText(object: JsonObject, key: string): string {
  let text = "";
  for (const [name, value] of lowerCaseEntries(object)) {
    if (name !== key || value === null) continue;
    if (typeof value !== "string") throw new SyntaxError(`"${key}" is not a string`);
    text = value;
  }
  return text;
}

/** A member that should be an object: its entries, none when it is absent or null. */
export function readEntries(object: JsonObject, key: string): [string, unknown][] {
  const entries: [string, unknown][] = [];
  for (const [name, value] of lowerCaseEntries(object)) {
    if (name !== key || value === null) continue;
    if (!isObject(value)) throw new SyntaxError(`"${key}" is not an object`);
    entries.push(...Object.entries(value));
  }
  return entries;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    return undefined;
  }
}

/** The index behind the brace that closes the object which opens at `start`. */
function findObjectEnd(text: string, start: number): number | undefined {
  if (text[start] !== "{") return undefined;
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return i + 1;
  }
  return undefined;
}
