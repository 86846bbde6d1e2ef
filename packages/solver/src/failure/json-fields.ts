// SPDX-License-Identifier: Apache-2.0

// Readers of JSON from a peer that is not trusted: what is missing or of another type reads as empty.

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function readString(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}

/** Protobuf JSON writes 64-bit integers as decimal texts. */
export function readInteger(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return Number(value);
  return typeof value === "number" && Number.isInteger(value) ? value : 0;
}

export function readObject(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

export function readObjects(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
