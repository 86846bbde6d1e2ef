// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { formatCheck, formatCheckError, parseCheck } from "../../../src/index.js";

const dockerfile = "FROM scratch AS Base\nCOPY a /a\nMAINTAINER me\n";

function source(text = dockerfile, filename = "Dockerfile") {
  return { filename, data: Buffer.from(text).toString("base64") };
}

function at(line: number, endLine = line, sourceIndex = 0) {
  return { sourceIndex, ranges: [{ start: { line }, end: { line: endLine } }] };
}

function parse(answer: unknown) {
  return parseCheck({ json: JSON.stringify(answer), text: "", version: "1.0.0", statusCode: 0 });
}

describe("parseCheck()", () => {
  test("reads warnings with the lines that they are about, by place", () => {
    const { warnings, error } = parse({
      warnings: [
        { ruleName: "B", detail: "second", url: "https://example.com/b", location: at(3) },
        { ruleName: "A", description: "what A wants", detail: "first", location: at(1), unknown: 1 },
      ],
      sources: [source()],
    });

    expect(error).toBeUndefined();
    expect(warnings.map(({ rule, source }) => [rule, source?.line])).toEqual([
      ["A", 1],
      ["B", 3],
    ]);
    expect(warnings[0]).toMatchObject({ description: "what A wants", detail: "first", url: "" });
    expect(warnings[1]?.source?.lines.find(({ marked }) => marked)?.text).toBe("MAINTAINER me");
  });

  test("reads why a Dockerfile cannot be built", () => {
    const { error } = parse({
      warnings: null,
      sources: [source()],
      buildError: { message: "unknown instruction", location: at(2) },
    });

    expect(error).toMatchObject({ message: "unknown instruction", source: { line: 2 } });
  });

  test("puts warnings without a place first, and sorts files by name", () => {
    const { warnings } = parse({
      warnings: [
        { ruleName: "in b", location: at(1, 1, 1) },
        { ruleName: "in a", location: at(2, 2, 0) },
        { ruleName: "Z", location: { sourceIndex: -1 } },
        { ruleName: "Y" },
      ],
      sources: [source(dockerfile, "a"), source(dockerfile, "b")],
    });

    expect(warnings.map(({ rule }) => rule)).toEqual(["Y", "Z", "in a", "in b"]);
  });

  test.each([
    { warnings: "many", sources: 1 },
    { warnings: [null, 1, "x", []] },
    { warnings: {}, buildError: "x" },
  ])("takes %j for nothing to warn of", (answer) => {
    expect(parse(answer)).toMatchObject({ warnings: [], error: undefined });
  });

  test.each([
    { sourceIndex: 7, ranges: [{ start: { line: 1 } }] },
    { sourceIndex: "x", ranges: [{ start: { line: 99 } }] },
    { ranges: [{ start: { line: -1 }, end: { line: 1e9 } }] },
    { ranges: "x" },
  ])("has no lines for the place %j", (location) => {
    const { warnings } = parse({ warnings: [{ ruleName: "A", location }], sources: [source()] });

    expect(warnings).toMatchObject([{ rule: "A", source: undefined }]);
  });

  test.each(["", "null", "[]", '"text"', "{"])("refuses the answer %j", (json) => {
    const answer = { json, text: "", version: "", statusCode: 0 };

    expect(() => parseCheck(answer)).toThrow(expect.objectContaining({ code: "BK_ANSWER_INVALID" }));
  });

  test("refuses more than 10,000 warnings", () => {
    const warnings = (length: number) => parse({ warnings: Array.from({ length }, () => ({})) }).warnings;

    expect(warnings(10_000)).toHaveLength(10_000);
    expect(() => warnings(10_001)).toThrow("10001 warnings");
  });

  test("holds at most 100,000 lines of the Dockerfile, however many warnings show all of it", () => {
    const sources = [source("RUN x\n".repeat(50_000))];
    const whole = { ruleName: "A", location: at(1, 50_000) };

    const { warnings } = parse({ warnings: Array.from({ length: 1_000 }, () => whole), sources });

    const lines = warnings.reduce((sum, { source }) => sum + (source?.lines.length ?? 0), 0);
    expect(warnings).toHaveLength(1_000);
    expect(lines).toBe(100_000);
  });
});

describe("formatCheck()", () => {
  const warning = { ruleName: "A", detail: "do not", url: "https://example.com/a", location: at(3) };

  test("shows warnings with the Dockerfile's lines, under the name that it has here", () => {
    const check = parse({ warnings: [warning], sources: [source()] });

    expect(formatCheck(check, { filename: "app/Dockerfile" })).toBe(`Check complete, 1 warning has been found!

WARNING: A - https://example.com/a
do not
app/Dockerfile:3
--------------------
   1 |     FROM scratch AS Base
   2 |     COPY a /a
   3 | >>> MAINTAINER me
   4 |     
--------------------
`);
  });

  test("leaves out what is not known", () => {
    const check = parse({ warnings: [{ ruleName: "A" }, { ruleName: "B", detail: "d" }] });

    expect(formatCheck(check)).toBe(
      "Check complete, 2 warnings have been found!\n\nWARNING: A\n\n\nWARNING: B\nd\n",
    );
  });

  test("says that there is nothing to say, unless the Dockerfile cannot be built", () => {
    const buildError = { message: "unknown instruction", location: at(1) };
    const broken = parse({ buildError, sources: [source("FORM x")] });

    expect(formatCheck(parse({}))).toBe("Check complete, no warnings found.\n");
    expect(formatCheck(broken)).toBe("");
    expect(broken.error && formatCheckError(broken.error)).toBe(
      "unknown instruction\nDockerfile:1\n--------------------\n   1 | >>> FORM x\n--------------------\n",
    );
  });
});
