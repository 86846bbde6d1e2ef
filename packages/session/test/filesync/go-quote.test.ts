// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { toByteString } from "../../src/filesync/byte-string.js";
import { goQuote } from "../../src/filesync/go-quote.js";

test.each([
  ["plain name", '"plain name"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["\t\n\r\x07\b\f\v", '"\\t\\n\\r\\a\\b\\f\\v"'],
  ["\0\x1b\x7f", '"\\x00\\x1b\\x7f"'],
  [toByteString("é世💾\ufffd"), '"é世💾\ufffd"'],
  [toByteString("\u00a0\u200b\u2028\ufeff"), '"\\u00a0\\u200b\\u2028\\ufeff"'],
  [toByteString("\u{e0001}"), '"\\U000e0001"'],
  ["\xff\xc3", '"\\xff\\xc3"'],
  ["\xc3\xa9\xe2\x82", '"é\\xe2\\x82"'],
])("goQuote(%j) is as Go's %%q", (bytes, quoted) => {
  expect(goQuote(bytes)).toBe(quoted);
});
