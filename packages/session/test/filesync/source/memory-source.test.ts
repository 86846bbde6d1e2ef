// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createMemorySource } from "../../../src/filesync/source/memory-source.js";
import { type FileStat, MODE } from "../../../src/filesync/source/stat.js";

test("files in memory are walked and read like a directory's", async () => {
  const source = createMemorySource({
    Dockerfile: "FROM scratch",
    "bin/run": { content: "#!", mode: 0o755 },
    l: { symlink: "bin" },
  });
  const stats: FileStat[] = [];
  for await (const batch of source.walk(await source.resolveFilter({}))) stats.push(...batch);
  expect(stats.map((stat) => [stat.path, stat.mode, stat.size])).toEqual([
    ["Dockerfile", 0o644, 12],
    ["bin", MODE.directory + 0o755, 0],
    ["bin/run", 0o755, 2],
    ["l", MODE.symlink + 0o777, 3],
  ]);
  const bytes = Buffer.alloc(20);
  const [dockerfile] = stats;
  const length = dockerfile ? source.open(dockerfile).readSync(bytes, 0, 20, 5) : 0;
  expect(bytes.toString("utf8", 0, length)).toBe("scratch");
});

test.each([["/abs"], ["../up"], ["a//b"], [""], ["."]])("the path %j cannot be in it", (path) => {
  expect(() => createMemorySource({ [path]: "" })).toThrow("a path must be relative and clean");
});

test("nothing lies below a file", () => {
  expect(() => createMemorySource({ a: "", "a/b": "" })).toThrow("a is not a directory");
  expect(() => createMemorySource({ "a/b": "", a: "" })).toThrow("it is a directory too");
});
