// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { toByteString } from "../../../src/filesync/byte-string.js";
import { comparePaths } from "../../../src/filesync/source/order.js";

test("a directory comes before its entries, and these before every other name that begins like it", () => {
  expect(["a-b", "a/b", "a", "a b", "a/b/c", "A"].toSorted(comparePaths)).toEqual([
    "A",
    "a",
    "a/b",
    "a/b/c",
    "a b",
    "a-b",
  ]);
});

test("names are compared by their UTF-8 bytes, not as JavaScript's strings", () => {
  const [bmp, astral] = [toByteString("\uffee"), toByteString("\u{1f4be}")];
  expect([astral, bmp].toSorted(comparePaths)).toEqual([bmp, astral]);
});
