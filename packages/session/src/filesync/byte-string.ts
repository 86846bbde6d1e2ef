// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";

/**
 * Bytes kept in a string, one byte in each character (U+0000 to U+00FF).
 *
 * Paths and patterns are bytes: a name on disk need not be UTF-8, and both ends sort names by their bytes.
 * Held this way, `<`, `===`, `startsWith` and `length` work on bytes, Node reads them from a directory and
 * writes them to the wire without a conversion (encoding "latin1"), and ASCII text is itself. Everything
 * under filesync/ holds paths and patterns in this form; text comes in through `toByteString` and goes out,
 * in messages only, through `fromByteString`.
 */
export type ByteString = string;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them.
const ASCII = /^[\x00-\x7f]*$/;

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** The UTF-8 bytes of `text`. */
export function toByteString(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** Text for people. Bytes that are not UTF-8 become U+FFFD. */
export function fromByteString(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * The characters that a Go program sees in these bytes: each byte that is not part of a valid UTF-8 sequence
 * is one U+FFFD, where other decoders join several of them.
 */
export function decodeRunes(bytes: ByteString): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  if (isUtf8(buffer)) return buffer.toString("utf8");
  let runes = "";
  for (let at = 0; at < buffer.length; ) {
    const width = runeWidth(buffer, at);
    runes += width === 0 ? "\ufffd" : buffer.toString("utf8", at, at + width);
    at += width || 1;
  }
  return runes;
}

/** Bytes of the valid UTF-8 sequence at `at`, 0 when there is none. */
export function runeWidth(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0;
  const width = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + width <= buffer.length && isUtf8(buffer.subarray(at, at + width)) ? width : 0;
}
