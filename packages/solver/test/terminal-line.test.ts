// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neutralizeCommand, toColoredLine, toPlainLine } from "../src/terminal-line.js";

const ESC = "\u001b";

describe("toPlainLine()", () => {
  test.each([
    ["10%\r50%\r100%", "100%"],
    ["done\r\r", "done"],
    ["\r", ""],
    [`${ESC}[31merror${ESC}[0m: no`, "error: no"],
    [`${ESC}]0;title\u0007text`, "text"],
    [`${ESC}]8;;https://example.com${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
    [`${ESC}]52;c;Y2xpcGJvYXJk\u009crest`, "rest"],
    [`${ESC}Pdevice control${ESC}\\.`, "."],
    [`${ESC}]0;a string without an end`, ""],
    ["\u009b2Jcleared \u009d0;title\u0007and titled", "cleared and titled"],
    [`${ESC}[2J${ESC}c${ESC}(B${ESC}7text`, "text"],
    [`cut${ESC}`, "cut"],
    [`cut${ESC}[31`, "cut"],
    [`${ESC}${ESC}[31mx`, "x"],
    ["bell\u0007 tab\t. delete\u007f\u0085", "bell tab\t. delete"],
    ["if \u202eadmin\u2066 {", "if admin {"],
    ["two\u2028lines\nhere", "two lines here"],
    ["日本語 🎉 שלום", "日本語 🎉 שלום"],
  ])("%j", (line, plain) => {
    expect(toPlainLine(line)).toBe(plain);
  });

  test("takes a line of 200,000 beginnings of sequences", () => {
    for (const start of [`${ESC}]`, `${ESC}[`, `${ESC}P`, "\u009b", `${ESC}[31`, "\r", `${ESC}(`])
      expect(toPlainLine(start.repeat(200_000)).length).toBeLessThan(800_000);
  });
});

describe("toColoredLine()", () => {
  test.each([
    [`${ESC}[31merror`, `${ESC}[31merror${ESC}[0m`],
    [`${ESC}[1;38;5;8mgrey${ESC}[0m`, `${ESC}[1;38;5;8mgrey${ESC}[0m`],
    [`${ESC}[38;2;5;6;8;4mx${ESC}[m`, `${ESC}[38;2;5;6;8;4mx${ESC}[m`],
    [`${ESC}[4:3mx`, `${ESC}[4:3mx${ESC}[0m`],
    [`${ESC}[8mhidden${ESC}[5;31mblinking`, "hiddenblinking"],
    [`${ESC}[?25lhidden cursor`, "hidden cursor"],
    [`${ESC}[31$mno colour`, "no colour"],
    [`${ESC}[99999mno colour`, "no colour"],
    ["no colour", "no colour"],
  ])("%j", (line, colored) => {
    expect(toColoredLine(line)).toBe(colored);
  });

  test("leaves nothing but text and colours, which end with the line", () => {
    const piece = fc.oneof(
      fc.uint16Array().map((units) => String.fromCharCode(...units)),
      fc.constantFrom(ESC, "[", "m", "31", ";", "]", "\u009b", "\u0007", "\\", "\r", "\n", "\u202e"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const colored = toColoredLine(pieces.join(""));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
        const colors = colored.match(/\u001b\[[0-9:;]*m/g) ?? [];
        // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
        const rest = colored.replace(/\u001b\[[0-9:;]*m/g, "");
        expect(rest).not.toMatch(/[^\P{Cc}\t]|[\u2028-\u202e\u2066-\u2069]/u);
        if (colors.length > 0) expect(colors.at(-1)).toMatch(/\[(0*|.*;0)m$/);
        expect(toColoredLine(colored)).toBe(colored);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("neutralizeCommand()", () => {
  test.each([
    ["::error file=a::text", ": :error file=a::text"],
    [" \t::set-output name=a::b", " \t: :set-output name=a::b"],
    ["\u0085::add-mask::x", "\u0085: :add-mask::x"],
    ["#5 0.412 ##[error]no", "#5 0.412 # #[error]no"],
    ["###[group]x", "## #[group]x"],
    ["a::b is C++, ##1 [x]", "a::b is C++, ##1 [x]"],
  ])("%j", (line, changed) => {
    expect(neutralizeCommand(line)).toBe(changed);
  });
});
