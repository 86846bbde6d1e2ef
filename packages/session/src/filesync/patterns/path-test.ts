// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";

/** How paths are compared with one pattern. */
export interface PathTest {
  matches(path: ByteString): boolean;
  /** Whether it matches the path or a directory above it. The path must be clean. */
  matchesPathOrParent(path: ByteString): boolean;
  /** False only if no path that begins with `prefix` and goes on matches. */
  matchesBelow(prefix: ByteString): boolean;
}

export function createExactTest(text: ByteString): PathTest {
  const below = `${text}/`;
  return {
    matches: (path) => path === text,
    matchesPathOrParent: (path) => path === text || path.startsWith(below),
    matchesBelow: (prefix) => text.startsWith(prefix),
  };
}

export function createPrefixTest(begin: ByteString): PathTest {
  const matches = (path: ByteString) => path.startsWith(begin);
  return {
    matches,
    matchesPathOrParent: matches, // what a directory begins with, all below it begins with
    matchesBelow: (prefix) => prefix.startsWith(begin) || begin.startsWith(prefix),
  };
}

/** A "/" that `end` begins with may be missing where it would begin the path. */
export function createSuffixTest(end: ByteString): PathTest {
  const alone = end.startsWith("/") ? end.slice(1) : undefined;
  const within = `${end}/`;
  const matches = (path: ByteString) => path.endsWith(end) || path === alone;
  const isParentOf = (path: ByteString) =>
    path.includes(within) || (alone !== undefined && path.startsWith(`${alone}/`));
  return {
    matches,
    matchesPathOrParent: (path) => matches(path) || isParentOf(path),
    matchesBelow: () => true,
  };
}
