// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { decodeErrorDetails } from "../src/error-details.js";
import { createSourceSnippet, formatSourceSnippet, type SourceText } from "../src/source-snippet.js";
import { loadVectors } from "./load-vectors.js";

interface PrintVector {
  readonly id: string;
  readonly kind: string;
  readonly group?: string;
  readonly source: unknown;
  readonly print: string;
}

const vectors = loadVectors<PrintVector>("solveerr").filter(({ kind }) => kind === "source-print");

/** Vectors hold the JSON of a detail. */
async function readSource(json: unknown): Promise<SourceText> {
  const value = Buffer.from(JSON.stringify(json));
  const [detail] = await decodeErrorDetails([{ type: "errdefs.Source+json", value }]);
  if (detail?.kind !== "source") throw new Error("not a source");
  return detail.source;
}

function print(source: SourceText): string {
  const snippet = createSourceSnippet(source);
  return snippet === undefined ? "" : formatSourceSnippet(snippet);
}

describe("formatSourceSnippet()", () => {
  test.each(vectors)("$id: $group", async ({ source, print: expected }) => {
    expect(print(await readSource(source))).toBe(expected);
  });
});

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
