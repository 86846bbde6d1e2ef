// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { toLowerLetters, trimSpace } from "../../src/options/letters.js";

test("toLowerLetters() does not look at the letters around one", () => {
  expect(toLowerLetters("TYPE \u0391\u03a3 \u0130")).toBe("type \u03b1\u03c3 i");
});

test("trimSpace() takes off what is white space to the daemon", () => {
  expect(trimSpace("\u0085\t a b\u00a0\n")).toBe("a b");
  expect(trimSpace("\ufeffa\ufeff")).toBe("\ufeffa\ufeff");
  expect(trimSpace(" \u3000")).toBe("");
});
