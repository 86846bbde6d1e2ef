// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import type { ByteString } from "../byte-string.js";
import { cleanPath, trimSpace } from "./go-path.js";

const BYTE_ORDER_MARK = "\xef\xbb\xbf";
/** The longest line that the daemon's reader (Go's `bufio.Scanner`) takes, in bytes. */
const MAX_LINE_BYTES = 65_535;

/** A pattern, and where it stands. */
export interface IgnoreLine {
  readonly pattern: ByteString;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * The patterns of a .dockerignore file, as the daemon reads it: one a line, cleaned, without comments (a "#"
 * in the first column) and empty lines, and taken relative to the root of the context.
 *
 * @param text the file's bytes
 * @throws {SessionError} `BK_PATTERN_INVALID` for a line of more than 65,535 bytes, with the daemon's text.
 */
export function parseIgnoreFile(text: ByteString): readonly ByteString[] {
  return parseIgnoreLines(text).map(({ pattern }) => pattern);
}

/** As `parseIgnoreFile`, with the number of each pattern's line. */
export function parseIgnoreLines(text: ByteString): readonly IgnoreLine[] {
  const lines = text.split("\n");
  if (lines.some((line) => line.length > MAX_LINE_BYTES)) {
    throw new SessionError("BK_PATTERN_INVALID", "bufio.Scanner: token too long");
  }
  if (lines[0]?.startsWith(BYTE_ORDER_MARK)) lines[0] = lines[0].slice(BYTE_ORDER_MARK.length);
  return lines
    .map((text, index) => ({ text: text.startsWith("#") ? "" : trimSpace(text), line: index + 1 }))
    .filter(({ text }) => text !== "")
    .map(({ text, line }) => ({ pattern: cleanLine(text), line }));
}

function cleanLine(text: ByteString): ByteString {
  return text.startsWith("!") ? `!${cleanIgnored(trimSpace(text.slice(1)))}` : cleanIgnored(text);
}

function cleanIgnored(pattern: ByteString): ByteString {
  if (pattern === "") return "";
  const cleaned = cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}
