// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { toByteString } from "../../../src/filesync/byte-string.js";
import { parseIgnoreFile, parseIgnoreLines } from "../../../src/filesync/patterns/ignorefile.js";

test("one pattern a line, cleaned, without comments and blank lines", () => {
  const text = "# comment\n/node_modules/\r\n\n  ./dist  \n! /dist/keep\n # no comment\n";
  expect(parseIgnoreFile(text)).toEqual(["node_modules", "dist", "!dist/keep", "# no comment"]);
});

test("each pattern knows its line", () => {
  expect(parseIgnoreLines("# comment\n\na\n!b\n")).toEqual([
    { pattern: "a", line: 3 },
    { pattern: "!b", line: 4 },
  ]);
});

test("white space is what Go takes for it, and a byte-order mark only at the start is dropped", () => {
  expect(parseIgnoreFile(toByteString("\ufeffa\n\u0085b\u00a0\n\ufeffc"))).toEqual([
    "a",
    "b",
    toByteString("\ufeffc"),
  ]);
});

test("a line that the daemon could not read is refused", () => {
  expect(parseIgnoreFile("x".repeat(65_535))).toHaveLength(1);
  expect(() => parseIgnoreFile("x".repeat(65_536))).toThrow("bufio.Scanner: token too long");
});
