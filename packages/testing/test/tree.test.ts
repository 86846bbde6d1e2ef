// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";

import { parseTreeLine, readTree, tree } from "../src/index.js";

describe("tree()", () => {
  test("writes what it reads back, in byte order with / lowest", async () => {
    await using dir = await tree(
      "ADD a-b file later",
      "ADD a/b file data",
      'ADD Dockerfile file "FROM scratch\\nCOPY a /\\n"',
      "ADD link symlink a/b",
      "ADD z dir",
    );
    expect(await readTree(dir.path)).toEqual([
      'ADD Dockerfile file "FROM scratch\\nCOPY a /\\n"',
      "ADD a dir",
      "ADD a/b file data",
      "ADD a-b file later",
      "ADD link symlink a/b",
      "ADD z dir",
    ]);
  });

  test("sets modes and times, of folders too", async () => {
    await using dir = await tree(
      "ADD d dir mode=0700 mtime=2001-02-03T04:05:06Z",
      "ADD d/f file x mode=4755 mtime=1999-01-01T00:00:00Z",
    );
    const folder = await stat(dir.join("d"));
    const file = await stat(dir.join("d/f"));
    expect([folder.mode & 0o7777, folder.mtimeMs]).toEqual([0o700, Date.UTC(2001, 1, 3, 4, 5, 6)]);
    expect([file.mode & 0o7777, file.mtimeMs]).toEqual([0o4755, Date.UTC(1999, 0, 1)]);
  });

  test("makes hard links", async () => {
    await using dir = await tree("ADD a file x", "ADD b hardlink a");
    expect((await stat(dir.join("b"))).ino).toBe((await stat(dir.join("a"))).ino);
  });

  test("is gone after dispose", async () => {
    const dir = await tree("ADD a file x");
    await dir[Symbol.asyncDispose]();
    await expect(stat(dir.path)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("parseTreeLine()", () => {
  test.each(["", "ADD a", "ADD a fifo", "RM a file", "ADD a file x y"])("refuses %j", (line) => {
    expect(() => parseTreeLine(line)).toThrow("Not a line of the tree language");
  });
});
