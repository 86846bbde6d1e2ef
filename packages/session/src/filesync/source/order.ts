// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";

/**
 * The order of paths on the wire: byte by byte, with "/" before every other byte, so that a directory is
 * followed by what it holds: `a`, `a/b`, `a-b`. The receiver refuses any other.
 */
export function comparePaths(a: ByteString, b: ByteString): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  if (a.charCodeAt(at) === SLASH) return -1;
  if (b.charCodeAt(at) === SLASH) return 1;
  return a.charCodeAt(at) - b.charCodeAt(at);
}

const SLASH = 0x2f;
