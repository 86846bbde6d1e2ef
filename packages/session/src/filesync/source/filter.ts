// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, fromByteString } from "../byte-string.js";
import {
  canEscapeBelow,
  canMatchBelow,
  compilePatterns,
  type MatchInfo,
  matchesOrParentMatches,
  matchesUsingParent,
  type PatternMatcher,
} from "../patterns/pattern-matcher.js";

/** The patterns that decide what of a directory is sent. An empty list is no list. */
export interface FilterLists {
  /** Only what one of these matches, with the directories above it. */
  readonly includePatterns?: readonly ByteString[] | undefined;
  /** Not what these match. */
  readonly excludePatterns?: readonly ByteString[] | undefined;
}

/** Decides what of a directory is sent. */
export interface SyncFilter {
  readonly include: FilterSide | undefined;
  readonly exclude: FilterSide | undefined;
}

interface FilterSide {
  readonly name: "includepatterns" | "excludepatterns";
  readonly matcher: PatternMatcher;
  /** Where the inclusions (of `include`) or the exceptions (of `exclude`) lie; undefined if a wildcard hides it. */
  readonly places: readonly ByteString[] | undefined;
}

/** What the patterns did with a directory: all that its entries need to know of it. */
export interface DirectoryMatch {
  readonly include: MatchInfo;
  readonly exclude: MatchInfo;
}

/** For the entries of the root. */
export const ROOT_MATCH: DirectoryMatch = { include: [], exclude: [] };

export interface DirectoryVerdict {
  /** The directory is sent. If not, it still is when something below it is. */
  readonly keep: boolean;
  /** Something below it may be sent. */
  readonly descend: boolean;
  readonly match: DirectoryMatch;
}

/** @throws {SessionError} `BK_PATTERN_INVALID` with the daemon's text. */
export async function createFilter(lists: FilterLists): Promise<SyncFilter> {
  return {
    include: await createSide("includepatterns", lists.includePatterns, false),
    exclude: await createSide("excludepatterns", lists.excludePatterns, true),
  };
}

/** Whether a path that is no directory is sent. `parent` is of its directory. */
export function keepsFile(filter: SyncFilter, path: ByteString, parent: DirectoryMatch): boolean {
  const { include, exclude } = filter;
  const included = !include || matchSide(include, path, parent.include);
  const excluded = exclude !== undefined && matchSide(exclude, path, parent.exclude);
  return included && !excluded;
}

/**
 * Whether a directory is sent and read. `parent` is of the directory above it.
 *
 * Must match the walk of fsutil's filter. That leaves directories out which patterns like `a/b/*` with `/**`
 * behind it would reach, and does not evaluate exclude patterns there. With wildcards it reads every
 * directory; here one is read only if something below it could be sent.
 */
export function judgeDirectory(
  filter: SyncFilter,
  path: ByteString,
  parent: DirectoryMatch,
): DirectoryVerdict {
  const { include, exclude } = filter;
  const match = { include: [] as boolean[], exclude: [] as boolean[] };
  const included = !include || matchSide(include, path, parent.include, match.include);
  if (include && !included && !holdsPlace(include, path)) return { keep: false, descend: false, match };
  const excluded = exclude !== undefined && matchSide(exclude, path, parent.exclude, match.exclude);
  if (exclude && excluded && !holdsPlace(exclude, path)) return { keep: false, descend: false, match };
  const keep = included && !excluded;
  return { keep, descend: keep || canSendBelow(filter, path, match, excluded), match };
}

/**
 * Whether fsutil would open the path. It decides by another rule than its walk does, so that a file can be
 * announced and then not be opened.
 *
 * @throws {SessionError} `BK_PATTERN_INVALID`
 */
export function allowsOpen(filter: SyncFilter, path: ByteString): boolean {
  if (filter.include && !matchesOrParentMatches(filter.include.matcher, path)) return false;
  return !filter.exclude || !matchesOrParentMatches(filter.exclude.matcher, path);
}

async function createSide(
  name: FilterSide["name"],
  patterns: readonly ByteString[] | undefined,
  exclusion: boolean,
): Promise<FilterSide | undefined> {
  if (!patterns || patterns.length === 0) return undefined;
  try {
    const matcher = await compilePatterns(patterns);
    return { name, matcher, places: findPlaces(matcher, exclusion) };
  } catch (cause) {
    throw withContext(`invalid ${name}: [${patterns.map(fromByteString).join(" ")}]`, cause);
  }
}

function matchSide(side: FilterSide, path: ByteString, parent: MatchInfo, info?: boolean[]): boolean {
  try {
    return matchesUsingParent(side.matcher, path, parent, info);
  } catch (cause) {
    throw withContext(`failed to match ${side.name}`, cause);
  }
}

function withContext(context: string, cause: unknown): SessionError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new SessionError("BK_PATTERN_INVALID", `${context}: ${text}`, { cause });
}

function findPlaces(matcher: PatternMatcher, exclusion: boolean): readonly ByteString[] | undefined {
  const places = matcher.patterns
    .filter((pattern) => pattern.exclusion === exclusion)
    .map((pattern) => pattern.text.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
  return places.some((place) => /[*[\]?^\\]/.test(place)) ? undefined : places.map((place) => `${place}/`);
}

/** Whether the directory is, or is above, a place that the patterns name. */
function holdsPlace(side: FilterSide, path: ByteString): boolean {
  const prefix = `${path}/`;
  return !side.places || side.places.some((place) => place.startsWith(prefix));
}

function canSendBelow(
  filter: SyncFilter,
  path: ByteString,
  match: DirectoryMatch,
  excluded: boolean,
): boolean {
  const { include, exclude } = filter;
  // A pattern that cannot be compiled must be come across where fsutil comes across it.
  if (include?.matcher.sound === false || exclude?.matcher.sound === false) return true;
  if (include && !canMatchBelow(include.matcher, path, match.include)) return false;
  return !exclude || !excluded || canEscapeBelow(exclude.matcher, path, match.exclude);
}
