// SPDX-License-Identifier: Apache-2.0
import { type ByteString, toByteString } from "../../filesync/byte-string.js";

/** Name and value. Bytes, since a realm's own query need not hold UTF-8. */
export type FormField = readonly [name: ByteString, value: ByteString];

/**
 * `application/x-www-form-urlencoded`, sorted by name; values of one name keep their order. Must match Go's
 * net/url Values.Encode, which escapes more than URLSearchParams does.
 */
export function encodeForm(fields: readonly FormField[]): string {
  return fields
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${escapeBytes(name)}=${escapeBytes(value)}`)
    .join("&");
}

/** Reads a query, without its `?`. Must match Go's net/url ParseQuery: what is malformed is left out. */
export function parseQuery(query: string): FormField[] {
  const fields: FormField[] = [];
  for (const part of toByteString(query).split("&")) {
    if (part === "" || part.includes(";")) continue;
    const at = part.indexOf("=");
    const name = unescapeBytes(at < 0 ? part : part.slice(0, at));
    const value = unescapeBytes(at < 0 ? "" : part.slice(at + 1));
    if (name !== undefined && value !== undefined) fields.push([name, value]);
  }
  return fields;
}

function escapeBytes(bytes: ByteString): string {
  return bytes.replace(/[^A-Za-z0-9\-_.~]/g, (byte) =>
    byte === " " ? "+" : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function unescapeBytes(text: ByteString): ByteString | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text
    .replaceAll("+", " ")
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
