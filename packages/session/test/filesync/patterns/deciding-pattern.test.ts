// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { decidingPattern } from "../../../src/filesync/patterns/deciding-pattern.js";
import { compilePatterns } from "../../../src/filesync/patterns/pattern-matcher.js";

async function decide(patterns: readonly string[], path: string): Promise<string | undefined> {
  const pattern = decidingPattern(await compilePatterns(patterns), path, [], []);
  return pattern && `${pattern.exclusion ? "!" : ""}${pattern.text}`;
}

describe("decidingPattern()", () => {
  test.each([
    ["the only one that matches", ["a", "b"], "b", "b"],
    ["the first of two that say the same", ["a", "a*"], "a", "a"],
    ["the one that takes back", ["*", "!a"], "a", "!a"],
    ["the last word", ["*", "!a", "a"], "a", "a"],
    ["that of a directory above", ["a", "!b"], "a/b", "a"],
    ["none, if none matches", ["a", "!b"], "c", undefined],
    ["none, if there was nothing to take back", ["!a"], "a", undefined],
  ])("is %s", async (_, patterns, path, want) => {
    expect(await decide(patterns, path)).toBe(want);
  });

  test("comes from a directory's match as well", async () => {
    const matcher = await compilePatterns(["a/*", "!a/b/c"]);
    const info: boolean[] = [];
    decidingPattern(matcher, "a/b", [false, false], info);
    expect(decidingPattern(matcher, "a/b/d", info, [])?.text).toBe("a/*");
    expect(decidingPattern(matcher, "a/b/c", info, [])?.text).toBe("a/b/c");
  });
});
