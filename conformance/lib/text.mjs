// SPDX-License-Identifier: Apache-2.0

/** A string of a vector as text. `{ base64 }` is not UTF-8; where bk takes text it cannot be asked for. */
export function textOf(value) {
  if (typeof value === "string") return value;
  if (typeof value?.base64 === "string") return Buffer.from(value.base64, "base64").toString("utf8");
  throw new Error(`not a string: ${JSON.stringify(value)}`);
}

/** The same for every string within a value, at any depth. */
export function textsOf(value) {
  if (Array.isArray(value)) return value.map(textsOf);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "base64") return textOf(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textsOf(item)]));
}
