// SPDX-License-Identifier: Apache-2.0

/** A string of a vector as text. `{ base64 }` is not UTF-8; where bk takes text it cannot be asked for. */
export function textOf(value) {
  if (typeof value === "string") return value;
  if (typeof value?.base64 === "string") return Buffer.from(value.base64, "base64").toString("utf8");
  throw new Error(`not a string: ${JSON.stringify(value)}`);
}
