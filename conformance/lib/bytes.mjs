// SPDX-License-Identifier: Apache-2.0
import { toByteString } from "@bk/session/filesync";

/** A string of a vector: text, or `{ base64 }` where it is not UTF-8. */
export function bytesOf(value) {
  if (typeof value === "string") return toByteString(value);
  if (typeof value?.base64 === "string") return Buffer.from(value.base64, "base64").toString("latin1");
  throw new Error(`not a string: ${JSON.stringify(value)}`);
}

/** A list of strings; undefined where it is absent. */
export function bytesOfAll(values) {
  return values?.map(bytesOf);
}
