// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, decodeRunes } from "../byte-string.js";
import { matchGlob, parseGlob } from "./go-glob.js";
import { cleanPath, parentPaths, trimSpace } from "./go-path.js";
import { createExactTest, createPrefixTest, createSuffixTest, type PathTest } from "./path-test.js";
import { createAutomaton } from "./pattern-automaton.js";
import { parsePatternSyntax, toExpression } from "./pattern-syntax.js";

/** One pattern of an include or exclude list. */
export interface ParsedPattern {
  /** Cleaned, without the "!". */
  readonly text: ByteString;
  /** It began with "!": what it matches is taken out again. */
  readonly exclusion: boolean;
}

/** A pattern that is ready to match. */
export interface Pattern extends ParsedPattern {
  /** How paths are compared with it. Undefined for an expression that cannot be compiled. */
  readonly test: PathTest | undefined;
}

/**
 * Reads one pattern; undefined for a blank one.
 *
 * @throws {SessionError} `BK_PATTERN_INVALID` with the daemon's text.
 */
export function parsePattern(pattern: ByteString): ParsedPattern | undefined {
  const trimmed = trimSpace(pattern);
  if (trimmed === "") return undefined;
  // The path is cleaned with the "!" still on it: `!foo/../bar` is `bar`.
  const cleaned = cleanPath(trimmed);
  if (cleaned === "!") throw new SessionError("BK_PATTERN_INVALID", 'illegal exclusion pattern: "!"');
  const exclusion = cleaned.startsWith("!");
  const text = exclusion ? cleaned.slice(1) : cleaned;
  // The daemon checks the syntax by matching this name, so that some malformed patterns pass.
  if (matchGlob(parseGlob(text), ".") === undefined) throw badPattern();
  return { text, exclusion };
}

export async function compilePattern(pattern: ParsedPattern): Promise<Pattern> {
  return { ...pattern, test: await createTest(pattern.text) };
}

/** The daemon says no more than this of a malformed pattern. */
export function badPattern(): SessionError {
  return new SessionError("BK_PATTERN_INVALID", "syntax error in pattern");
}

async function createTest(text: ByteString): Promise<PathTest | undefined> {
  const syntax = parsePatternSyntax(text);
  switch (syntax.kind) {
    case "exact":
      return createExactTest(text);
    case "prefix":
      return createPrefixTest(text.slice(0, -2));
    case "suffix":
      return createSuffixTest(text.slice(2));
    case "expression":
      return createAutomaton(syntax.tokens) ?? (await createExpressionTest(toExpression(syntax.tokens)));
  }
}

/**
 * RE2 is what the daemon uses, and its time is linear in the path; RegExp would backtrack. It is large, and few patterns
 * need it.
 */
async function createExpressionTest(source: string): Promise<PathTest | undefined> {
  const { RE2JS } = await import("re2js");
  try {
    const expression = RE2JS.compile(source);
    const matches = (path: ByteString) => expression.test(decodeRunes(path));
    return {
      matches,
      matchesPathOrParent: (path) => matches(path) || parentPaths(path).some(matches),
      matchesBelow: () => true,
    };
  } catch {
    return undefined;
  }
}
