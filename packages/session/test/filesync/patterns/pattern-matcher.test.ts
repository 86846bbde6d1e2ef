// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toByteString } from "../../../src/filesync/byte-string.js";
import {
  compilePatterns,
  type MatchInfo,
  matchesOrParentMatches,
  matchesUsingParent,
} from "../../../src/filesync/patterns/pattern-matcher.js";
import { oracleMatchesOrParent } from "./pattern-oracle.js";

async function matches(patterns: readonly string[], path: string): Promise<boolean> {
  return matchesOrParentMatches(await compilePatterns(patterns.map(toByteString)), toByteString(path));
}

describe("patterns", () => {
  test.each([
    [
      "a name matches at the root only, with all below it",
      ["foo"],
      ["foo", "foo/bar"],
      ["bar/foo", "foobar"],
    ],
    ["* and ? stay inside a name", ["*.js", "a/?"], ["x.js", "a/b"], ["src/x.js", "a/bc"]],
    ["**/ is any number of directories", ["**/x"], ["x", "a/x", "a/b/x"], ["ax"]],
    ["/** is what lies below", ["foo/**"], ["foo/a", "foo/a/b"], ["foo"]],
    ["a later ! takes out again", ["*", "!keep", "keep/not"], ["a", "keep/not"], ["keep", "keep/this"]],
    ["? is one character, not one byte", ["?.txt"], ["é.txt", "😀.txt"], ["éé.txt"]],
    ["| and {} are those of an expression", ["a|b*", "c{2}*"], ["a", "x/b", "cc"], ["x", "c{2}"]],
    ["the path is cleaned before the ! is seen", ["!foo/../bar"], ["bar"], ["foo"]],
  ])("%s", async (_, patterns, match, others) => {
    for (const path of match) expect([path, await matches(patterns, path)]).toEqual([path, true]);
    for (const path of others) expect([path, await matches(patterns, path)]).toEqual([path, false]);
  });

  test("bytes that are not UTF-8 are one character each", async () => {
    const matcher = await compilePatterns(["a??b", "c*"]);
    expect(matchesOrParentMatches(matcher, "a\xff\xfeb")).toBe(true);
    expect(matchesOrParentMatches(matcher, "c\xff")).toBe(true);
    expect(matchesOrParentMatches(matcher, "a\xffb")).toBe(false);
  });

  test.each([["["], ["foo\\"], ["[a-]"]])("%s is refused with the daemon's words", async (pattern) => {
    await expect(compilePatterns([pattern])).rejects.toThrow("syntax error in pattern");
  });

  test("patterns that would take a machine's memory are refused", async () => {
    const patterns = [`x${"[a]{1000}".repeat(50)}`, `y${"b{2,999}*".repeat(51)}`];
    await expect(compilePatterns(patterns)).rejects.toThrow("the limit is 100000");
    expect(await matches(["a{1000}*"], "a".repeat(1001))).toBe(true);
    expect(await matches(["a{200000}"], "a{200000}")).toBe(true); // without a wildcard it is a name
  });

  test("a bad expression fails only when it is needed", async () => {
    expect(await matches(["a", "[z-a]"], "a")).toBe(true);
    await expect(matches(["a", "[z-a]"], "b")).rejects.toThrow("syntax error in pattern");
  });

  test("patterns made to backtrack take no more time than others", { timeout: 5000 }, async () => {
    const path = `${"a".repeat(4000)}/${"a/".repeat(1000)}c`;
    const patterns = [`${"*a".repeat(200)}*b`, `${"**/a/".repeat(100)}b`, `${"?*".repeat(200)}b`];
    expect(await matches(patterns, path)).toBe(false);
    expect(await matches([`${"[a]*".repeat(100)}b`], path)).toBe(false);
  });
});

const name = fc.constantFrom(
  ...["a", "b", "é", "ab", "*", "?", "a*", "*b", "?b", "**", "a**", "**b", "a**b", "[ab]", "[^a]*"],
);
const pattern = fc.tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 4 }));
const path = fc.array(fc.constantFrom("a", "b", "é", "ab", "bb", "abb"), { minLength: 1, maxLength: 4 });

describe("the matcher and a plain definition of the rules agree", () => {
  test("on paths", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 4 }), path, async (patterns, names) => {
        const path = names.join("/");
        const last = patterns.findLast(([, parts]) => oracleMatchesOrParent(parts.join("/"), path));
        const lines = patterns.map(([not, parts]) => `${not ? "!" : ""}${parts.join("/")}`);
        expect(await matches(lines, path)).toBe(last !== undefined && !last[0]);
      }),
      { numRuns: 5000 },
    );
  });

  test("on paths reached through their directories, when nothing is taken out again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 4 }), path, async (patterns, names) => {
        const matcher = await compilePatterns(patterns.map(([, parts]) => toByteString(parts.join("/"))));
        let parent: MatchInfo = [];
        for (const index of names.keys()) {
          const info: boolean[] = [];
          const at = toByteString(names.slice(0, index + 1).join("/"));
          expect(matchesUsingParent(matcher, at, parent, info)).toBe(matchesOrParentMatches(matcher, at));
          parent = info;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
