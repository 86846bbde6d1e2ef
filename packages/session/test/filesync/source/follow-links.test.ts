// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { FileTree } from "../../../src/filesync/source/file-tree.js";
import { followLinks } from "../../../src/filesync/source/follow-links.js";
import { createMemoryTree } from "../../../src/filesync/source/memory-tree.js";
import { useSlowClock } from "../../helpers/slow-clock.js";

const tree = createMemoryTree({
  "dir/file": "",
  "dir/up": { symlink: "../top" },
  top: "",
  abs: { symlink: "/dir/file" },
  chain: { symlink: "link" },
  link: { symlink: "dir" },
  outside: { symlink: "../../../top" },
  loop1: { symlink: "loop2" },
  loop2: { symlink: "loop1" },
  root: { symlink: "/" },
});

test.each([
  ["what is no link, or not there, stays", ["top", "missing"], ["missing", "top"]],
  ["a link brings its target, from the root if absolute", ["abs"], ["abs", "dir/file"]],
  ["links on the way are followed, one after another", ["chain/up"], ["chain", "dir/up", "link", "top"]],
  [".. stops at the root", ["outside"], ["outside", "top"]],
  ["a loop ends", ["loop1"], ["loop1", "loop2"]],
  [
    "a wildcard stays and brings the targets of what it finds",
    ["a*", "dir/u?"],
    ["a*", "dir/file", "dir/u?", "top"],
  ],
  ["nothing below another result", ["dir/file", "dir"], ["dir"]],
])("%s", async (_, paths, want) => {
  expect(await followLinks(tree, paths)).toEqual(want);
});

test("the root selects everything", async () => {
  expect(await followLinks(tree, ["top", "root"])).toBeUndefined();
});

test("nothing outside the root is looked at", async () => {
  const seen: string[] = [];
  const watched: FileTree = {
    ...tree,
    stat(path, links) {
      seen.push(path);
      return tree.stat(path, links);
    },
    readDirectory(path) {
      seen.push(path);
      return tree.readDirectory(path);
    },
  };
  const paths = ["../x", "../*", "outside/../../y", "outside"];
  expect(await followLinks(watched, paths)).toEqual(["../*", "../x", "../y", "outside", "top"]);
  expect(seen).toContain("outside");
  expect(seen.filter((path) => path.startsWith(".."))).toEqual([]);
});

test("a link whose name looks like a wildcard is not gone through", async () => {
  const odd = createMemoryTree({ "[a]": { symlink: "/d" }, "d/file": "", "[": { symlink: "[" } });
  expect(await followLinks(odd, ["[a]/*", "[/*"])).toEqual(["[/*", "[a]/*"]);
});

test("a few wildcards over large directories still let the event loop turn", async () => {
  useSlowClock();
  const abort = new AbortController();

  const followed = followLinks(tree, ["a*", "b*", "c*"], { signal: abort.signal });
  setImmediate(() => abort.abort(new Error("no longer wanted")));

  await expect(followed).rejects.toThrow("no longer wanted");
});
