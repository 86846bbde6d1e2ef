// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import type { FileTree } from "../../../src/filesync/source/file-tree.js";
import { createFilter, type FilterLists } from "../../../src/filesync/source/filter.js";
import { createMemoryTree } from "../../../src/filesync/source/memory-tree.js";
import type { SkippedEntry, SyncPatterns } from "../../../src/filesync/source/source.js";
import type { FileStat } from "../../../src/filesync/source/stat.js";
import { createTreeSource } from "../../../src/filesync/source/tree-source.js";
import { walkTree } from "../../../src/filesync/source/walk.js";
import { countTurns, useSlowClock } from "../../helpers/slow-clock.js";

async function walk(tree: FileTree, lists: FilterLists = {}): Promise<readonly string[]> {
  const stats: FileStat[] = [];
  for await (const batch of walkTree(tree, await createFilter(lists))) stats.push(...batch);
  return stats.map((stat) => stat.path);
}

/** The tree, and the directories that were read of it. */
function watch(tree: FileTree): { readonly tree: FileTree; readonly read: string[] } {
  const read: string[] = [];
  const readDirectory: FileTree["readDirectory"] = (path) => {
    read.push(path);
    return tree.readDirectory(path);
  };
  return { tree: { ...tree, readDirectory }, read };
}

/** The tree with a path that the system does not let us read. Root may read any, so disk cannot show this. */
function deny(tree: FileTree, denied: string, code = "EACCES"): FileTree {
  const check = (path: string) => {
    if (path === denied) throw Object.assign(new Error(code), { code });
  };
  return {
    ...tree,
    readDirectory(path) {
      check(path);
      return tree.readDirectory(path);
    },
    checkReadable: check,
  };
}

const project = createMemoryTree({
  "a/b": "",
  "a-b": "",
  "a.txt": "",
  "node_modules/p/index.js": "",
  "node_modules/p/README.md": "",
  "src/main.ts": "",
  "src/deep/er/x.ts": "",
});

describe("a walk", () => {
  test("goes in the order that the receiver wants", async () => {
    expect((await walk(project)).slice(0, 4)).toEqual(["a", "a/b", "a-b", "a.txt"]);
  });

  test("sends the directories above what is included, and only these", async () => {
    expect(await walk(project, { includePatterns: ["**/x.ts"] })).toEqual([
      "src",
      "src/deep",
      "src/deep/er",
      "src/deep/er/x.ts",
    ]);
  });

  test("finds what is taken back below an excluded directory", async () => {
    const lists = { excludePatterns: ["node_modules", "!**/README.md"], includePatterns: ["node_modules"] };
    expect(await walk(project, lists)).toEqual([
      "node_modules",
      "node_modules/p",
      "node_modules/p/README.md",
    ]);
  });

  test("leaves out an entry that has gone since, and only that", async () => {
    const tree: FileTree = {
      ...project,
      stat: (path, links) => (path === "a-b" ? undefined : project.stat(path, links)),
    };
    expect((await walk(tree)).slice(0, 3)).toEqual(["a", "a/b", "a.txt"]);
  });

  test("leaves out a directory that has gone since, with what was in it", async () => {
    const tree: FileTree = {
      ...project,
      stat: (path, links) => (path === "src" ? undefined : project.stat(path, links)),
    };
    expect(await walk(tree, { includePatterns: ["src", "a.txt"] })).toEqual(["a.txt"]);
    expect(await walk(tree, { includePatterns: ["src/deep/er/x.ts", "src/main.ts"] })).toEqual([]);
  });

  test("stops when it is aborted", async () => {
    const reason = new Error("enough");
    const walking = walkTree(project, await createFilter({}), { signal: AbortSignal.abort(reason) });
    await expect(walking.next()).rejects.toBe(reason);
  });

  test("tells what it found before it fails", async () => {
    const files = createMemoryTree({ a: "", "b/c": "" });
    const failing: FileTree = {
      ...files,
      readDirectory(path) {
        if (path === "b") throw Object.assign(new Error("no"), { code: "EIO" });
        return files.readDirectory(path);
      },
    };
    const found: string[] = [];
    const walking = (async () => {
      for await (const batch of walkTree(failing, await createFilter({})))
        found.push(...batch.map(({ path }) => path));
    })();
    await expect(walking).rejects.toMatchObject({ code: "BK_CONTEXT_UNREADABLE" });
    expect(found).toEqual(["a"]);
  });

  test("lets the event loop turn", async () => {
    const names = Array.from({ length: 1600 }, (_, index) => [`f${index}`, ""] as const);
    const big = createMemoryTree(Object.fromEntries(names));
    useSlowClock();
    const turns = await countTurns(async () => {
      for await (const batch of walkTree(big, await createFilter({ excludePatterns: ["*[0-8]"] })))
        expect(batch.length).toBeLessThan(17); // what is left out takes time as well
    });
    expect(turns).toBeGreaterThan(90);
  });
});

describe("directories that are read", () => {
  test.each([
    ["none below an excluded one", { excludePatterns: ["node_modules", "src"] }, ["", "a"]],
    [
      "none where nothing included lies",
      { includePatterns: ["src/deep/er"] },
      ["", "src", "src/deep", "src/deep/er"],
    ],
    ["none that a wildcard cannot reach", { includePatterns: ["src/*.ts"] }, ["", "src"]],
    [
      "none that an exception cannot reach",
      { excludePatterns: ["*", "!src/d*/er"] },
      ["", "src", "src/deep", "src/deep/er"],
    ],
    [
      "all where ** may match",
      { includePatterns: ["**/none"] },
      ["", "a", "node_modules", "node_modules/p", "src", "src/deep", "src/deep/er"],
    ],
  ])("%s", async (_, lists: FilterLists, want) => {
    const { tree, read } = watch(project);
    await walk(tree, lists);
    expect(read).toEqual(want);
  });

  const links = createMemoryTree({
    "a/current": { symlink: "/b/v2" },
    "b/v1/x": "",
    "b/v2/deep/y": "",
    "c/z": "",
  });

  test.each([
    [
      "only those that a followed path leads to",
      { followPaths: ["a/current"] },
      ["", "a", "b", "b/v2", "b/v2/deep"],
    ],
    ["what a wildcard in a followed path stands in, too", { followPaths: ["c/*"] }, ["c", "", "c"]],
    [
      "none below an excluded one, though a followed path leads there",
      { followPaths: ["a/current"], excludePatterns: ["b/v2"] },
      ["", "a", "b"],
    ],
  ])("%s", async (_, patterns: SyncPatterns, want) => {
    const { tree, read } = watch(links);
    const source = createTreeSource(tree);
    for await (const batch of source.walk(await source.resolveFilter(patterns)))
      expect(batch.length).toBeGreaterThan(0);
    expect(read).toEqual(want);
  });
});

describe("a directory that may not be read", () => {
  const tree = deny(project, "src/deep");

  test("fails the walk by name when it would be sent", async () => {
    await expect(walk(tree)).rejects.toMatchObject({
      code: "BK_CONTEXT_UNREADABLE",
      message: "Cannot read src/deep in memory: permission denied",
    });
  });

  test("is no matter when it is excluded, even if exceptions could lie below", async () => {
    expect(await walk(tree, { excludePatterns: ["src/deep"], includePatterns: ["src"] })).toEqual([
      "src",
      "src/main.ts",
    ]);
    expect(await walk(tree, { excludePatterns: ["src/deep", "!**/x"], includePatterns: ["src"] })).toEqual([
      "src",
      "src/main.ts",
    ]);
  });

  test("is named as the root", async () => {
    await expect(walk(deny(project, "", "ENOENT"))).rejects.toThrow(
      "Cannot read the directory memory: it does not exist",
    );
  });
});

describe("skipping what may not be read", () => {
  const tree = createMemoryTree({ "a/b": "x", "a/c/d": "x", "a/c/e": "x", f: "x", empty: "" });

  /** What is sent, and what is left out. */
  async function skim(denied: FileTree, patterns: SyncPatterns = {}) {
    const source = createTreeSource(denied);
    const skipped: SkippedEntry[] = [];
    const options = { onSkip: (entry: SkippedEntry) => skipped.push(entry) };
    const sent: string[] = [];
    for await (const batch of source.walk(await source.resolveFilter(patterns, options), options))
      sent.push(...batch.map(({ path }) => path));
    return { sent, skipped };
  }

  test("leaves a directory out with all that it holds, and says why", async () => {
    expect(await skim(deny(tree, "a/c"))).toEqual({
      sent: ["a", "a/b", "empty", "f"],
      skipped: [{ path: "a/c", reason: "permission denied" }],
    });
  });

  test("leaves a file out", async () => {
    expect(await skim(deny(tree, "a/c/d", "EPERM"))).toEqual({
      sent: ["a", "a/b", "a/c", "a/c/e", "empty", "f"],
      skipped: [{ path: "a/c/d", reason: "the system does not permit it" }],
    });
  });

  test("leaves a file out whose directory lets it be listed only", async () => {
    const listed: FileTree = {
      ...tree,
      stat(path, links) {
        if (path === "a/b") throw Object.assign(new Error("EACCES"), { code: "EACCES" });
        return tree.stat(path, links);
      },
    };
    expect((await skim(listed)).skipped).toEqual([{ path: "a/b", reason: "permission denied" }]);
    await expect(walk(listed)).rejects.toMatchObject({ code: "BK_CONTEXT_UNREADABLE" });
  });

  test("sends a file that has nothing to read", async () => {
    expect((await skim(deny(tree, "empty"))).skipped).toEqual([]);
  });

  test("says nothing of what is filtered out", async () => {
    expect(await skim(deny(tree, "a/c"), { excludePatterns: ["a/c"] })).toEqual({
      sent: ["a", "a/b", "empty", "f"],
      skipped: [],
    });
  });

  test("goes around it when links are followed", async () => {
    expect(await skim(deny(tree, "a/c"), { followPaths: ["a/c/*", "f"] })).toMatchObject({
      sent: ["f"],
    });
  });

  test("still fails for the root, and for errors of other kinds", async () => {
    await expect(skim(deny(tree, ""))).rejects.toMatchObject({ code: "BK_CONTEXT_UNREADABLE" });
    await expect(skim(deny(tree, "a/c", "EIO"))).rejects.toMatchObject({ code: "BK_CONTEXT_UNREADABLE" });
  });
});
