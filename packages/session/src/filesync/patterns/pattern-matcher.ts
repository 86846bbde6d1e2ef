// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import type { ByteString } from "../byte-string.js";
import { isClean, parentPaths } from "./go-path.js";
import { badPattern, compilePattern, type Pattern, parsePattern } from "./pattern.js";

/** A list of patterns, as .dockerignore and the daemon's include and exclude lists have them. */
export interface PatternMatcher {
  readonly patterns: readonly Pattern[];
  readonly hasExclusions: boolean;
  /** Whether every pattern can be evaluated; one that cannot fails only when it is needed. */
  readonly sound: boolean;
}

/** Per pattern, whether it matched a directory or one above it. Empty for no directory. */
export type MatchInfo = readonly boolean[];

/** Repetitions such as the 1000 of `a{1000}` in all patterns of a list: each is so many states of an automaton. */
const MAX_REPETITIONS = 100_000;
/** More cannot be said in an expression of the daemon's. */
const MAX_REPEAT = 1_000;

/**
 * Must match moby/patternmatcher in every result and error text, but for patterns made to exhaust this side: they are
 * refused.
 *
 * @throws {SessionError} `BK_PATTERN_INVALID`
 */
export async function compilePatterns(patterns: readonly ByteString[]): Promise<PatternMatcher> {
  refuseRepetitions(patterns);
  const parsed = patterns.map(parsePattern).filter((pattern) => pattern !== undefined);
  const compiled = await Promise.all(parsed.map(compilePattern));
  return {
    patterns: compiled,
    hasExclusions: compiled.some((pattern) => pattern.exclusion),
    sound: compiled.every((pattern) => pattern.test),
  };
}

function refuseRepetitions(patterns: readonly ByteString[]): void {
  let sum = 0;
  for (const pattern of patterns)
    for (const [, least = "", most = ""] of pattern.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/g)) {
      const repeat = Math.max(Number(least), Number(most));
      if (repeat <= MAX_REPEAT) sum += repeat;
    }
  if (sum > MAX_REPETITIONS)
    throw new SessionError(
      "BK_PATTERN_INVALID",
      `The patterns repeat parts of themselves ${sum} times in all; the limit is ${MAX_REPETITIONS}`,
    );
}

/**
 * Whether the patterns match the path or a directory above it. Opening a file is decided by this.
 *
 * @throws {SessionError} `BK_PATTERN_INVALID` if a pattern that cannot be compiled is needed.
 */
export function matchesOrParentMatches(matcher: PatternMatcher, path: ByteString): boolean {
  const parents = parentsToTry(path);
  let matched = false;
  for (const pattern of matcher.patterns) {
    if (pattern.exclusion === matched && matchesAny(pattern, path, parents)) matched = !pattern.exclusion;
  }
  return matched;
}

/**
 * Whether the patterns match the path, given what they did with its directory. Walking is decided by this; it
 * differs from `matchesOrParentMatches` for some re-inclusions.
 *
 * @param parent of the path's directory; empty for the first directory and files
 * @param info receives what the path's own entries need, when it is a directory
 * @throws {SessionError} `BK_PATTERN_INVALID` if a pattern that cannot be compiled is needed.
 */
export function matchesUsingParent(
  matcher: PatternMatcher,
  path: ByteString,
  parent: MatchInfo,
  info?: boolean[] | undefined,
): boolean {
  const { patterns } = matcher;
  const parents = parent.length > 0 ? [] : parentsToTry(path);
  let matched = false;
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i];
    if (!pattern) continue;
    let match = parent[i] ?? false;
    // An inclusion has nothing to add to a match, nor an exclusion to none: they are not evaluated.
    if (!match && pattern.exclusion === matched) {
      match = matchesAny(pattern, path, parents);
    }
    if (info) info[i] = match;
    if (match) matched = !pattern.exclusion;
  }
  return matched;
}

/** Whether the patterns could match something below the directory. False only if they certainly do not. */
export function canMatchBelow(matcher: PatternMatcher, directory: ByteString, info: MatchInfo): boolean {
  return outcomeBelow(matcher, directory, info, false);
}

/** Whether something below the directory could escape the patterns that match it. */
export function canEscapeBelow(matcher: PatternMatcher, directory: ByteString, info: MatchInfo): boolean {
  return outcomeBelow(matcher, directory, info, true);
}

/** Whether a pattern of this kind could have the last word on a path below the directory. */
function outcomeBelow(
  matcher: PatternMatcher,
  directory: ByteString,
  info: MatchInfo,
  exclusion: boolean,
): boolean {
  const prefix = `${directory}/`;
  let possible = false;
  for (const [i, pattern] of matcher.patterns.entries()) {
    if (pattern.exclusion !== exclusion) possible &&= !info[i];
    else possible ||= info[i] === true || (pattern.test?.matchesBelow(prefix) ?? true);
  }
  return possible;
}

/** Undefined for a clean path: a test finds the directories above it by itself. */
function parentsToTry(path: ByteString): readonly ByteString[] | undefined {
  return isClean(path) ? undefined : parentPaths(path);
}

function matchesAny(
  { test }: Pattern,
  path: ByteString,
  parents: readonly ByteString[] | undefined,
): boolean {
  if (!test) throw badPattern();
  if (!parents) return test.matchesPathOrParent(path);
  return test.matches(path) || parents.some((parent) => test.matches(parent));
}
