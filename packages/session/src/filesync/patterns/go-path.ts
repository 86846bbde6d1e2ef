// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";

// The daemon is a Go program, and paths and patterns pass through these rules on both sides.

/** The shortest equal path, as Go's `filepath.Clean` gives it. The empty path is ".". */
export function cleanPath(path: ByteString): ByteString {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") kept.push(name);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(name);
  }
  const cleaned = kept.join("/");
  return rooted ? `/${cleaned}` : cleaned || ".";
}

/** The cleaned path without its last name. "." for a single name. */
export function parentPath(path: ByteString): ByteString {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/** The directories above a path, outermost first: `a` and `a/b` for `a/b/c`. */
export function parentPaths(path: ByteString): readonly ByteString[] {
  if (!path.includes("/")) return [];
  const parent = isClean(path) ? path.slice(0, path.lastIndexOf("/")) : parentPath(path);
  if (parent === ".") return [];
  const parents: ByteString[] = [];
  for (let end = parent.indexOf("/"); end !== -1; end = parent.indexOf("/", end + 1))
    parents.push(parent.slice(0, end));
  parents.push(parent);
  return parents;
}

/** A directory in the path that cleaning would take out. */
const UNCLEAN = /(?:^|\/)\.{0,2}\//;

/** Whether the directories above the path are what stands before each "/". */
export function isClean(path: ByteString): boolean {
  return !UNCLEAN.test(path);
}

/** Removes what Go calls white space from both ends: with U+0085, without the byte-order mark. */
export function trimSpace(text: ByteString): ByteString {
  let start = 0;
  let end = text.length;
  for (let width = spaceWidth(text, start); start < end && width > 0; width = spaceWidth(text, start))
    start += width;
  for (
    let width = spaceWidthBefore(text, end);
    end > start && width > 0;
    width = spaceWidthBefore(text, end)
  ) {
    end -= width;
  }
  return text.slice(start, end);
}

// UTF-8 of: tab to carriage return, space; U+0085, U+00A0; U+1680, U+2000-200A, U+2028, U+2029, U+202F, U+205F, U+3000.
const SPACE =
  /^(?:[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)$/;

function spaceWidth(text: ByteString, at: number): number {
  return [1, 2, 3].find((width) => SPACE.test(text.slice(at, at + width))) ?? 0;
}

function spaceWidthBefore(text: ByteString, end: number): number {
  return [1, 2, 3].find((width) => width <= end && SPACE.test(text.slice(end - width, end))) ?? 0;
}
