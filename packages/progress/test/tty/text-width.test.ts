// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText, textWidth } from "../../src/tty/text-width.js";

const RED = "\u001b[31m";
/** Halves of characters too. */
const anyText = fc.uint16Array().map((units) => String.fromCharCode(...units));
const RESET = "\u001b[0m";

describe("cutText()", () => {
  test.each([
    ["plain", 10, "plain", 5],
    ["plain", 3, "pla", 3],
    ["日本語", 5, "日本", 4],
    ["e\u0301te\u0301", 2, "e\u0301t", 2],
    ["🎉🎉", 3, "🎉", 2],
    ["👨‍👩‍👧x", 2, "👨‍👩‍👧", 2],
    ["❤️!", 3, "❤️!", 3],
    ["a\tb", 20, "a       b", 9],
    ["\u200bzero", 4, "\u200bzero", 4],
    ["anything", 0, "", 0],
  ])("%j in %i columns", (text, columns, cut, width) => {
    expect(cutText(text, columns)).toEqual({ text: cut, width });
  });

  test("keeps colours whole, and ends those that a cut leaves open", () => {
    const text = `${RED}red${RESET} and more`;
    expect(cutText(text, 40)).toEqual({ text, width: 12 });
    expect(cutText(text, 2)).toEqual({ text: `${RED}re${RESET}`, width: 2 });
    expect(cutText(text, 5)).toEqual({ text: `${RED}red${RESET} a${RESET}`, width: 5 });
  });

  test("never gives more columns than there are, whatever the text", () => {
    fc.assert(
      fc.property(anyText, fc.nat(50), (text, columns) => {
        const cut = cutText(text, columns);
        expect(cut.width).toBeLessThanOrEqual(columns);
        expect(textWidth(cut.text)).toBe(cut.width);
      }),
    );
  });

  test("takes a character of a million parts", () => {
    expect(cutText(`a${"\u0301".repeat(1_000_000)}`, 10).text.length).toBeLessThan(1000);
  });
});
