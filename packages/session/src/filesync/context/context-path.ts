// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";
import { type ByteString, isAscii } from "../byte-string.js";

/** A path for people and for JSON. */
export interface ContextPath {
  /** Relative to the context, with "/". Bytes that are not UTF-8 are U+FFFD. It may hold control characters. */
  readonly path: string;
  /** The path's bytes, only when `path` does not tell them. */
  readonly pathBase64?: string;
}

export function toContextPath(path: ByteString): ContextPath {
  if (isAscii(path)) return { path };
  const bytes = Buffer.from(path, "latin1");
  const text = bytes.toString("utf8");
  return isUtf8(bytes) ? { path: text } : { path: text, pathBase64: bytes.toString("base64") };
}
