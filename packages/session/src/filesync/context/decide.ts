// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";
import { decidingPattern } from "../patterns/deciding-pattern.js";
import type { Pattern } from "../patterns/pattern.js";
import type { DirectoryMatch, SyncFilter } from "../source/filter.js";

/** What the patterns say of a path, and which of them. */
export interface Decision {
  readonly keep: boolean;
  /** Undefined when no pattern matches, whether that keeps the path or drops it. */
  readonly by: Pattern | undefined;
  /** For the path's own entries. */
  readonly match: DirectoryMatch;
}

/**
 * Decides as the walk does, with the reason.
 *
 * @param parent of the path's directory
 * @param read whether the path is a directory that was read: what it holds needs to know of both lists
 */
export function decide(
  { include, exclude }: SyncFilter,
  path: ByteString,
  parent: DirectoryMatch,
  read: boolean,
): Decision {
  const match = { include: [] as boolean[], exclude: [] as boolean[] };
  const includedBy = include && decidingPattern(include.matcher, path, parent.include, match.include);
  const included = !include || (includedBy !== undefined && !includedBy.exclusion);
  if (!included && !read) return { keep: false, by: includedBy, match };
  const excludedBy = exclude && decidingPattern(exclude.matcher, path, parent.exclude, match.exclude);
  if (!included) return { keep: false, by: includedBy, match };
  const excluded = excludedBy !== undefined && !excludedBy.exclusion;
  return { keep: !excluded, by: excludedBy ?? includedBy, match };
}
