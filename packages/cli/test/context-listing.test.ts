// SPDX-License-Identifier: Apache-2.0
import type { ContextEntry } from "@bk/client";
import { expect, test } from "vitest";
import { formatTree } from "../src/commands/context-listing.js";

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
    "1 kB  0",
    "321 B  a/",
    "1 B    1",
    "20 B    b/",
    "20 B      2",
    "300 B    c/",
    "300 B      3",
    "4 B  d/",
    "4 B    4",
    "0 B  e/",
  ]);
});
