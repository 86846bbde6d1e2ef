// SPDX-License-Identifier: Apache-2.0
import { type ByteString, runeWidth } from "./byte-string.js";

/** The bytes as a Go program prints them with `%q`: what texts that the peer compares are made of. */
export function goQuote(bytes: ByteString): string {
  if (PLAIN.test(bytes)) return `"${bytes}"`;
  const buffer = Buffer.from(bytes, "latin1");
  let quoted = "";
  for (let at = 0; at < buffer.length; ) {
    const width = runeWidth(buffer, at);
    quoted += width === 0 ? hex("x", buffer[at] ?? 0, 2) : quoteRune(buffer.toString("utf8", at, at + width));
    at += width || 1;
  }
  return `"${quoted}"`;
}

const PLAIN = /^[ !#-[\]-~]*$/;
/** Go's `unicode.IsPrint`: of the spaces only the ASCII one. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

function quoteRune(rune: string): string {
  const escaped = ESCAPES.get(rune);
  if (escaped !== undefined) return escaped;
  if (PRINTABLE.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return hex("x", code, 2);
  return code < 0x10000 ? hex("u", code, 4) : hex("U", code, 8);
}

function hex(kind: string, code: number, digits: number): string {
  return `\\${kind}${code.toString(16).padStart(digits, "0")}`;
}
