// SPDX-License-Identifier: Apache-2.0
import type { ContextEntry } from "@bk/client";
import { describe, expect, test } from "vitest";
import { formatSize, formatTree } from "../src/commands/context-listing.js";

describe("formatSize()", () => {
  test.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1.00kB"],
    [12_345, "12.3kB"],
    [999_499, "999kB"],
    [999_500, "1.00MB"],
    [1_234_567_890, "1.23GB"],
  ])("%i bytes are %s", (bytes, want) => {
    expect(formatSize(bytes)).toBe(want);
  });
});

test("a directory of a tree has the sum of what is in it, and not of what is beside it", () => {
  const directory = (path: string): ContextEntry => ({ path, kind: "directory", size: 0 });
  const file = (path: string, size: number): ContextEntry => ({ path, kind: "file", size });
  const entries = [
    file("0", 1000),
    directory("a"),
    file("a/1", 1),
    directory("a/b"),
    file("a/b/2", 20),
    directory("a/c"),
    file("a/c/3", 300),
    directory("d"),
    file("d/4", 4),
    directory("e"),
  ];
  expect(formatTree(entries).map((line) => line.trim())).toEqual([
    "1.00kB  0",
    "321B  a/",
    "1B    1",
    "20B    b/",
    "20B      2",
    "300B    c/",
    "300B      3",
    "4B  d/",
    "4B    4",
    "0B  e/",
  ]);
});
