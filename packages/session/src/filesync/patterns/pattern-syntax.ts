// SPDX-License-Identifier: Apache-2.0
import { type ByteString, decodeRunes } from "../byte-string.js";

/** One element of a pattern, in the order of the text. */
export type PatternToken =
  | { readonly kind: "char"; readonly char: string; readonly source: string }
  /** `?`: one character but "/". */
  | { readonly kind: "any" }
  /** `*`: any characters but "/". */
  | { readonly kind: "star" }
  /** `**` before something: nothing, or anything that ends in "/". */
  | { readonly kind: "deep" }
  /** `**` at the end: anything. */
  | { readonly kind: "rest" }
  /** `[a-z_]` or `[^a-z_]`, of ASCII letters, digits and "_". The second also means "/". */
  | {
      readonly kind: "class";
      readonly chars: ReadonlySet<string>;
      readonly negated: boolean;
      readonly source: string;
    }
  /** Text that the daemon hands to its regular expressions as it is. */
  | { readonly kind: "raw"; readonly source: string };

/** How a pattern is compared with paths. */
export type PatternSyntax =
  | { readonly kind: "exact" }
  /** All but the last two bytes (`**`) begin the path. */
  | { readonly kind: "prefix" }
  /** All but the first two bytes (`**`) end the path; a "/" that they begin with may be missing. */
  | { readonly kind: "suffix" }
  | { readonly kind: "expression"; readonly tokens: readonly PatternToken[] };

/** What the daemon escapes in its expressions. */
const ESCAPED = new Set([".", "+", "(", ")", "$"]);
// These mean something in a regular expression and are not escaped by the daemon, so they keep that meaning.
const LEAKING = new Set(["[", "]", "{", "}", "|", "^"]);
/** Classes that need no thought: no escapes, no "-" or "*" of their own. */
const PLAIN_CLASS = /^\[(\^?)((?:[0-9A-Za-z_](?:-[0-9A-Za-z_])?)+)\]/;

/**
 * Reads a cleaned pattern without its "!".
 *
 * Must match moby/patternmatcher, oddities included: `**foo` is a suffix, `**` swallows a "/" behind it, a
 * byte-order mark at the start is not seen by expressions, and a leading `**` makes a suffix of whatever
 * follows unless that needs an expression.
 */
export function parsePatternSyntax(pattern: ByteString): PatternSyntax {
  const chars = Array.from(decodeRunes(pattern).replace(/^\ufeff/, ""));
  const tokens: PatternToken[] = [];
  let kind: PatternSyntax["kind"] = "exact";
  for (let at = 0; at < chars.length; ) {
    const { token, end } = readToken(chars, at);
    tokens.push(token);
    if (token.kind === "rest" && kind === "exact") kind = "prefix";
    else if (token.kind !== "char" && !isPlainRaw(token)) kind = "expression";
    // An escape asks for an expression even where it stands for an ordinary character.
    if (chars[at] === "\\" && end - at > 1) kind = "expression";
    if (at === 0 && (token.kind === "deep" || token.kind === "rest")) kind = "suffix";
    at = end;
  }
  return kind === "expression" ? { kind, tokens } : { kind };
}

function readToken(chars: readonly string[], at: number): { token: PatternToken; end: number } {
  const char = chars[at] ?? "";
  if (char === "*" && chars[at + 1] === "*") {
    const end = chars[at + 2] === "/" ? at + 3 : at + 2;
    return { token: { kind: end === chars.length ? "rest" : "deep" }, end };
  }
  if (char === "*") return { token: { kind: "star" }, end: at + 1 };
  if (char === "?") return { token: { kind: "any" }, end: at + 1 };
  if (char === "\\") return readEscape(chars, at);
  if (char === "[") return readClass(chars, at);
  if (LEAKING.has(char)) return { token: { kind: "raw", source: char }, end: at + 1 };
  return { token: { kind: "char", char, source: ESCAPED.has(char) ? `\\${char}` : char }, end: at + 1 };
}

function readEscape(chars: readonly string[], at: number): { token: PatternToken; end: number } {
  const escaped = chars[at + 1];
  if (escaped === undefined) return { token: { kind: "raw", source: "\\" }, end: at + 1 };
  // Before a letter or a digit it is the expression's own: \d, \b, \x41.
  const plain = escaped < "\x80" && !/[0-9A-Za-z]/.test(escaped);
  const source = `\\${escaped}`;
  return { token: plain ? { kind: "char", char: escaped, source } : { kind: "raw", source }, end: at + 2 };
}

function readClass(chars: readonly string[], at: number): { token: PatternToken; end: number } {
  const raw = { token: { kind: "raw", source: "[" }, end: at + 1 } as const;
  const end = chars.indexOf("]", at) + 1;
  const [source, caret, ranges] = PLAIN_CLASS.exec(chars.slice(at, end).join("")) ?? [];
  if (source === undefined || ranges === undefined) return raw;
  const members = new Set<string>();
  for (const [, low = "", high = low] of ranges.matchAll(/(.)(?:-(.))?/g)) {
    if (low > high) return raw; // what the daemon says of it is left to the expression
    for (let code = low.charCodeAt(0); code <= high.charCodeAt(0); code++)
      members.add(String.fromCharCode(code));
  }
  return { token: { kind: "class", chars: members, negated: caret === "^", source }, end };
}

/** Of the raw ones, only classes and escapes make the daemon use an expression. */
function isPlainRaw(token: PatternToken): boolean {
  return token.kind === "raw" && ["{", "}", "|", "^", "\\"].includes(token.source);
}

/** The expression that the daemon would compile, in the syntax of RE2. */
export function toExpression(tokens: readonly PatternToken[]): string {
  return `^${tokens.map(toSource).join("")}$`;
}

function toSource(token: PatternToken): string {
  switch (token.kind) {
    case "char":
    case "class":
    case "raw":
      return token.source;
    case "any":
      return "[^/]";
    case "star":
      return "[^/]*";
    case "deep":
      return "(.*/)?";
    case "rest":
      return ".*";
  }
}
