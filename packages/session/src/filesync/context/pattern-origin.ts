// SPDX-License-Identifier: Apache-2.0
import { type ByteString, fromByteString } from "../byte-string.js";
import { type Pattern, parsePattern } from "../patterns/pattern.js";
import type { PatternMatcher } from "../patterns/pattern-matcher.js";

/** A pattern, and where it was written. */
export interface PatternOrigin {
  /** As the ignore file or the list has it, cleaned. */
  readonly pattern: string;
  /** `.dockerignore:3` for a line of an ignore file, `excludePatterns[0]` for an option, `followPaths` for what these led to. */
  readonly source: string;
}

/** A pattern before it is compiled. */
export interface WrittenPattern {
  readonly pattern: ByteString;
  readonly source: string;
}

/**
 * Where the compiled patterns come from.
 *
 * @param written in the same order; what compiling and joining leave out may be among them
 * @param otherwise the source of patterns that are not among them
 */
export function traceOrigins(
  matcher: PatternMatcher,
  written: readonly WrittenPattern[],
  otherwise: string,
): ReadonlyMap<Pattern, PatternOrigin> {
  const origins = new Map<Pattern, PatternOrigin>();
  let next = 0;
  for (const pattern of matcher.patterns) {
    const text = `${pattern.exclusion ? "!" : ""}${pattern.text}`;
    const at = written.findIndex((candidate, index) => index >= next && isSame(candidate, pattern));
    if (at !== -1) next = at + 1;
    origins.set(pattern, { pattern: fromByteString(text), source: written[at]?.source ?? otherwise });
  }
  return origins;
}

function isSame({ pattern }: WrittenPattern, { text, exclusion }: Pattern): boolean {
  const parsed = parsePattern(pattern);
  return parsed?.text === text && parsed.exclusion === exclusion;
}
