// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toLineText, toLogText, toPlainText } from "../../src/report/safe-text.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
const COLOR = /\x1b\[[0-9;:]*m/g;

describe("toLogText()", () => {
  test.each([
    ["keeps lines and tabs", "a\tb\n\nc", "a\tb\n\nc"],
    ["keeps colours", "\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"],
    ["ends colours with their line", "\x1b[31mred\nnext", "\x1b[31mred\x1b[0m\nnext"],
    ["shows what overwrote a line", "10 %\r50 %\rdone\nnext\r\n", "done\nnext\n"],
    ["drops what moves the cursor and clears", "a\x1b[2Jb\x1b[10;10Hc\x1b[?25ld", "abcd"],
    ["drops titles and links", "a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c", "abc"],
    ["drops other control characters", "a\x00b\x07c\x7fd\u202ee", "abcde"],
    ["drops a sequence that never ends", "a\x1b]0;title", "a"],
  ])("%s", (_name, given, shown) => {
    expect(toLogText(Buffer.from(given))).toBe(shown);
  });

  test("replaces bytes that are not UTF-8", () => {
    expect(toLogText(Buffer.from([0x61, 0xff, 0x62, 0xc3]))).toBe("a\ufffdb\ufffd");
  });

  test("leaves nothing that a terminal acts on, whatever it is given", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom("\x1b[", "\x1b]", "31m", "\x07", "\r", "\x1b\\", "\x9b")
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = toLogText(Buffer.concat(pieces));
        const rest = text.replace(COLOR, "");
        expect(rest).not.toMatch(/[^\P{Cc}\t\n]/u);
      }),
    );
  });
});

test("toLineText() is one line without colours", () => {
  expect(toLineText("RUN \x1b[31mmake\x1b[0m\n  all\r\n")).toBe("RUN make   all ");
});

test("toPlainText() keeps lines", () => {
  expect(toPlainText("one\x1b[2J\n\x1b[31mtwo")).toBe("one\ntwo");
});
