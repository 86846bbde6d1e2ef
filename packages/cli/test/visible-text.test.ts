// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { toVisibleJson, toVisiblePath } from "../src/visible-text.js";

describe("toVisiblePath()", () => {
  test.each([
    ["plain/n\u00e4me \u{1f600}", "plain/n\u00e4me \u{1f600}"],
    ["a\u001bb\nc\u009bd", "a\\u{1b}b\\u{a}c\\u{9b}d"],
    ["a\u202eb\u2028c", "a\\u{202e}b\\u{2028}c"],
  ])("%j is %j", (path, want) => {
    expect(toVisiblePath({ path })).toBe(want);
  });

  test("shows each byte that is not UTF-8, and the text around it", () => {
    const bytes = Buffer.concat([
      Buffer.from("\u00e9\u001b/"),
      Buffer.from([0xff, 0xc3]),
      Buffer.from("\u{1f600}"),
    ]);
    const pathBase64 = bytes.toString("base64");
    expect(toVisiblePath({ path: bytes.toString(), pathBase64 })).toBe("\u00e9\\u{1b}/\\xff\\xc3\u{1f600}");
  });
});

test("JSON for a terminal is the same to a parser", () => {
  const value = { path: "\u0000\u007f\u009b\u202e\u{e0001}\\u0041\u00e9" };
  const text = toVisibleJson(value);
  expect(text).toMatch(/^[\P{Cc}]*$/u);
  expect(text).not.toMatch(/[\p{Cf}]/u);
  expect(JSON.parse(text)).toEqual(value);
});
