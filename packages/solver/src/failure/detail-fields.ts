// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject } from "./json-fields.js";

// Readers of JSON that Go's encoding/json decodes: names match in any case, what is missing or null is empty, and a value
// of another type makes all of it unreadable.

/** The value of a field, undefined where it is missing or null. The last of several counts. */
export function readField(object: JsonObject, key: string): unknown {
  const lower = key.toLowerCase();
  const name = Object.keys(object).findLast((candidate) => candidate.toLowerCase() === lower);
  return name === undefined ? undefined : (object[name] ?? undefined);
}

/** @throws {TypeError} */
export function requireText(object: JsonObject, key: string): string {
  const value = readField(object, key) ?? "";
  if (typeof value !== "string") throw new TypeError(`${key} is not a text`);
  return value;
}

/** @throws {TypeError} */
export function requireInteger(object: JsonObject, key: string): number {
  const value = readField(object, key) ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value)) throw new TypeError(`${key} is not an integer`);
  return value;
}

/**
 * An integer of 64 bits, which protobuf JSON writes as decimal text.
 *
 * @throws {TypeError}
 */
export function requireInt64(object: JsonObject, key: string): number {
  const value = readField(object, key);
  return typeof value === "string" && /^-?\d{1,20}$/.test(value)
    ? Number(value)
    : requireInteger(object, key);
}

/** @throws {TypeError} */
export function findObject(object: JsonObject, key: string): JsonObject | undefined {
  const value = readField(object, key);
  if (value !== undefined && !isJsonObject(value)) throw new TypeError(`${key} is not an object`);
  return value;
}

/** @throws {TypeError} */
export function requireObjects(object: JsonObject, key: string): readonly JsonObject[] {
  return requireItems(object, key).map((item) => {
    if (item !== null && !isJsonObject(item)) throw new TypeError(`${key} is not a list of objects`);
    return item ?? {};
  });
}

/** @throws {TypeError} */
export function requireTexts(object: JsonObject, key: string): readonly string[] {
  return requireItems(object, key).map((item) => {
    if (item !== null && typeof item !== "string") throw new TypeError(`${key} is not a list of texts`);
    return item ?? "";
  });
}

/** @throws {TypeError} */
export function requireTextMap(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const entries = Object.entries(findObject(object, key) ?? {}).map(([name, value]) => {
    if (value !== null && typeof value !== "string") throw new TypeError(`${key} holds more than texts`);
    return [name, value ?? ""] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Standard base64, in which line breaks do not count.
 *
 * @throws {TypeError}
 */
export function requireBase64(object: JsonObject, key: string): Buffer {
  const text = requireText(object, key).replace(/[\r\n]/g, "");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw new TypeError(`${key} is not base64`);
  return Buffer.from(text, "base64");
}

function requireItems(object: JsonObject, key: string): readonly unknown[] {
  const value = readField(object, key) ?? [];
  if (!Array.isArray(value)) throw new TypeError(`${key} is not a list`);
  return value;
}
