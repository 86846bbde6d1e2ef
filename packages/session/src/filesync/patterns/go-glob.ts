// SPDX-License-Identifier: Apache-2.0
import { type ByteString, runeWidth } from "../byte-string.js";

/**
 * Shell patterns for one name, with the rules of Go's `filepath.Match`: `*` and `?` do not match "/", a class
 * is `[a-z]` or `[^a-z]`, "\" takes the next byte as it is. Matching takes at most O(pattern * name).
 */
export interface Glob {
  readonly chunks: readonly Chunk[];
}

/** What stands between two runs of stars. */
interface Chunk {
  readonly afterStar: boolean;
  /** Undefined if malformed: a class that does not end, is empty or has a lone "-", or a "\\" at the end. */
  readonly parts: readonly Part[] | undefined;
}

type Part =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly Range[] };

type Range = readonly [low: number, high: number];

const SLASH = 0x2f;
const STAR = 0x2a;
const RUNE_ERROR = 0xfffd;

export function parseGlob(pattern: ByteString): Glob {
  const bytes = Buffer.from(pattern, "latin1");
  const chunks: Chunk[] = [];
  let parts: Part[] = [];
  let afterStar = false;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === STAR) {
      if (!afterStar || parts.length > 0) chunks.push({ afterStar, parts });
      parts = [];
      afterStar = true;
      at++;
      continue;
    }
    const parsed = bytes[at] === 0x5b ? parseClass(bytes, at + 1) : parseByte(bytes, at);
    // What follows is never looked at.
    if (!parsed) return { chunks: [...chunks, { afterStar, parts: undefined }] };
    parts.push(parsed.part);
    at = parsed.end;
  }
  return { chunks: [...chunks, { afterStar, parts }] };
}

function parseByte(bytes: Buffer, at: number): { part: Part; end: number } | undefined {
  const char = String.fromCharCode(bytes[at] ?? 0);
  if (char === "?") return { part: { kind: "any" }, end: at + 1 };
  const byte = bytes[char === "\\" ? at + 1 : at];
  if (byte === undefined) return undefined;
  return { part: { kind: "byte", byte }, end: at + (char === "\\" ? 2 : 1) };
}

function parseClass(bytes: Buffer, start: number): { part: Part; end: number } | undefined {
  const negated = bytes[start] === 0x5e;
  const ranges: Range[] = [];
  for (let at = negated ? start + 1 : start; ; ) {
    if (bytes[at] === 0x5d && ranges.length > 0)
      return { part: { kind: "class", negated, ranges }, end: at + 1 };
    const low = parseBound(bytes, at);
    if (!low) return undefined;
    const high = bytes[low.end] === 0x2d ? parseBound(bytes, low.end + 1) : low;
    if (!high) return undefined;
    ranges.push([low.rune, high.rune]);
    at = high.end;
  }
}

function parseBound(bytes: Buffer, start: number): { rune: number; end: number } | undefined {
  const first = bytes[start];
  if (first === undefined || first === 0x2d || first === 0x5d) return undefined;
  const at = first === 0x5c ? start + 1 : start;
  const width = runeWidth(bytes, at);
  // A bound is never the last byte: the class has to end.
  if (width === 0 || at + width >= bytes.length) return undefined;
  return { rune: readRune(bytes, at).rune, end: at + width };
}

/**
 * Whether `name` as a whole matches. Undefined if what is malformed in the pattern is reached: as in Go, a
 * name that fails before it is merely not matched.
 */
export function matchGlob(glob: Glob, name: ByteString): boolean | undefined {
  const bytes = Buffer.from(name, "latin1");
  let at = 0;
  for (const [index, { afterStar, parts }] of glob.chunks.entries()) {
    if (!parts) return undefined;
    const last = index === glob.chunks.length - 1;
    if (afterStar && parts.length === 0) return !bytes.subarray(at).includes(SLASH);
    const end = findChunk(parts, afterStar, bytes, at, last);
    if (end === undefined) return false;
    at = end;
  }
  return at === bytes.length;
}

/** Where the chunk ends in the first place that it fits, which Go never reconsiders. */
function findChunk(parts: readonly Part[], afterStar: boolean, bytes: Buffer, start: number, last: boolean) {
  for (let at = start; ; at++) {
    const end = matchParts(parts, bytes, at);
    if (end !== undefined && (!last || end === bytes.length)) return end;
    if (!afterStar || at >= bytes.length || bytes[at] === SLASH) return undefined;
  }
}

function matchParts(parts: readonly Part[], bytes: Buffer, start: number): number | undefined {
  let at = start;
  for (const part of parts) {
    if (at >= bytes.length) return undefined;
    if (part.kind === "byte") {
      if (bytes[at] !== part.byte) return undefined;
      at++;
      continue;
    }
    const { rune, width } = readRune(bytes, at);
    if (part.kind === "any" && rune === SLASH) return undefined;
    if (
      part.kind === "class" &&
      part.ranges.some(([low, high]) => low <= rune && rune <= high) === part.negated
    ) {
      return undefined;
    }
    at += width;
  }
  return at;
}

function readRune(bytes: Buffer, at: number): { rune: number; width: number } {
  const width = runeWidth(bytes, at);
  if (width === 0) return { rune: RUNE_ERROR, width: 1 };
  return { rune: bytes.toString("utf8", at, at + width).codePointAt(0) ?? RUNE_ERROR, width };
}
