// SPDX-License-Identifier: Apache-2.0
import { type ByteString, isAscii } from "./byte-string.js";

/** A path as Node takes it. Of a string it takes the UTF-8, so that only ASCII may stay one. */
export type NativePath = string | Buffer;

export function toNativePath(path: ByteString): NativePath {
  return isAscii(path) ? path : Buffer.from(path, "latin1");
}
