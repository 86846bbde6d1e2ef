// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { createSourceSnippet, formatSourceSnippet } from "../../src/failure/source-snippet.js";

// conformance/vectors/solveerr.json holds what the daemon's own client prints.

describe("createSourceSnippet()", () => {
  const text = "FROM scratch\nCOPY a /\nRUN make \\\n  all\nCMD app";

  test("marks the lines of the range and counts columns from 1", () => {
    const ranges = [{ startLine: 3, startColumn: 4, endLine: 4 }];
    expect(createSourceSnippet({ filename: "Dockerfile", text, ranges })).toEqual({
      filename: "Dockerfile",
      line: 3,
      column: 5,
      endLine: 4,
      lines: [
        { line: 2, text: "COPY a /", marked: false },
        { line: 3, text: "RUN make \\", marked: true },
        { line: 4, text: "  all", marked: true },
        { line: 5, text: "CMD app", marked: false },
      ],
    });
  });

  test("has nothing to show for ranges outside the text", () => {
    const at = (startLine: number) => ({
      filename: "x",
      text,
      ranges: [{ startLine, startColumn: 0, endLine: 0 }],
    });
    expect(createSourceSnippet(at(0))).toBeUndefined();
    expect(createSourceSnippet(at(6))).toBeUndefined();
    expect(createSourceSnippet(at(-(2 ** 31)))).toBeUndefined();
    expect(createSourceSnippet({ filename: "x", text, ranges: [] })).toBeUndefined();
  });
});

describe("formatSourceSnippet()", () => {
  test("prints two lines on each side of a single line", () => {
    const ranges = [{ startLine: 3, startColumn: 0, endLine: 3 }];
    const snippet = createSourceSnippet({ filename: "Dockerfile", text: "a\nb\nc\nd\ne\nf", ranges });
    expect(snippet && formatSourceSnippet(snippet)).toBe(
      [
        "Dockerfile:3",
        "--------------------",
        "   1 |     a",
        "   2 |     b",
        "   3 | >>> c",
        "   4 |     d",
        "   5 |     e",
        "--------------------",
        "",
      ].join("\n"),
    );
  });
});
