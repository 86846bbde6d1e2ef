// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnsi } from "../../../src/report/page/ansi.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
const COLOR = /\x1b\[[0-9;:]*m/g;

describe("parseAnsi()", () => {
  test("cuts lines into pieces, whose style goes on until another replaces it", () => {
    expect(parseAnsi("a\x1b[1;31mb\nc\x1b[39md\x1b[0me")).toEqual([
      [
        { text: "a", classes: [] },
        { text: "b", classes: ["red", "bold"] },
      ],
      [
        { text: "c", classes: ["red", "bold"] },
        { text: "d", classes: ["bold"] },
        { text: "e", classes: [] },
      ],
    ]);
  });

  test.each([
    ["32", ["green"]],
    ["94", ["bright-blue"]],
    ["41", ["on-red"]],
    ["105", ["on-bright-magenta"]],
    ["38;5;1", ["red"]],
    ["38;5;12", ["bright-blue"]],
    ["38;5;196", ["bright-red"]],
    ["38;5;28", ["green"]],
    ["38;2;255;200;0", ["bright-yellow"]],
    ["48;2;0;0;0", ["on-black"]],
    ["38;5;250", ["white"]],
    ["2;3;4;7;9", ["dim", "italic", "underline", "inverse", "strike"]],
    ["", []],
    ["999;38", []],
  ])("knows %s", (codes, classes) => {
    expect(parseAnsi(`\x1b[${codes}mx`)).toEqual([[{ text: "x", classes }]]);
  });

  test("loses no text", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constant("\n"),
      fc.array(fc.integer({ min: 0, max: 300 })).map((codes) => `\x1b[${codes.join(";")}m`),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const lines = parseAnsi(text).map((line) => line.map((each) => each.text).join(""));
        expect(lines.join("\n")).toBe(text.replace(COLOR, ""));
      }),
    );
  });
});
