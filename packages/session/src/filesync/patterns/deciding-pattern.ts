// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "../byte-string.js";
import type { Pattern } from "./pattern.js";
import { type MatchInfo, matchesUsingParent, type PatternMatcher } from "./pattern-matcher.js";

/**
 * The pattern that had the last word on a path where a walk decides: one without "!" if the patterns match,
 * one with it if they would without it, undefined if no pattern matches.
 *
 * @param parent of the path's directory; empty for the entries of the root
 * @param info receives what the path's own entries need, when it is a directory
 * @throws {SessionError} `BK_PATTERN_INVALID` if a pattern that cannot be compiled is needed.
 */
export function decidingPattern(
  matcher: PatternMatcher,
  path: ByteString,
  parent: MatchInfo,
  info: boolean[],
): Pattern | undefined {
  matchesUsingParent(matcher, path, parent, info);
  let deciding: Pattern | undefined;
  for (const [i, pattern] of matcher.patterns.entries()) {
    const matched = deciding !== undefined && !deciding.exclusion;
    // A match that changes nothing decides nothing: `a` dropped it, not the `a/**` behind it.
    if (info[i] && pattern.exclusion === matched) deciding = pattern;
  }
  return deciding;
}
