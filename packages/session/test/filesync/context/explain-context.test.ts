// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { tmpDir, tree } from "@bk/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ContextExplanation,
  explainContext,
  explainTree,
} from "../../../src/filesync/context/explain-context.js";
import { listTree } from "../../../src/filesync/context/listing.js";
import type { FileTree } from "../../../src/filesync/source/file-tree.js";
import { createFilter } from "../../../src/filesync/source/filter.js";
import { createMemoryTree } from "../../../src/filesync/source/memory-tree.js";
import { walkTree } from "../../../src/filesync/source/walk.js";
import { countTurns, useSlowClock } from "../../helpers/slow-clock.js";

const project = [
  'ADD .dockerignore file "# what a build has no use for\\nnode_modules\\n*.log\\n!keep.log\\n"',
  'ADD Dockerfile file "FROM scratch\\n"',
  "ADD keep.log file kept",
  "ADD more.log file dropped",
  "ADD node_modules/p/index.js file x",
  "ADD src/main.ts file 12345",
];

/** One line for each path: what became of it, and because of what. */
function linesOf({ entries, dropped }: ContextExplanation): readonly string[] {
  const by = (origin: { pattern: string; source: string } | undefined) =>
    origin ? ` by ${origin.pattern} (${origin.source})` : "";
  return [
    ...entries.map((entry) => `${entry.path}${entry.asParent ? " as parent" : ""}${by(entry.keptBy)}`),
    ...dropped.map(
      ({ path, subtree, droppedBy }) => `- ${path}${subtree ? " with all below" : ""}${by(droppedBy)}`,
    ),
  ];
}

describe("explainContext()", () => {
  test("names what is sent, what is not, and the line that decided", async () => {
    await using dir = await tree(...project);
    const explanation = await explainContext(dir.path);
    expect(linesOf(explanation)).toEqual([
      ".dockerignore",
      "Dockerfile",
      "keep.log by !keep.log (.dockerignore:4)",
      "src",
      "src/main.ts",
      "- more.log by *.log (.dockerignore:3)",
      "- node_modules with all below by node_modules (.dockerignore:2)",
    ]);
    expect(explanation.ignoreFile).toBe(dir.join(".dockerignore"));
    expect(explanation.entries.at(-1)).toEqual({ path: "src/main.ts", kind: "file", size: 5 });
  });

  test("adds up the bytes of files, each hard-linked one once", async () => {
    await using dir = await tree(
      "ADD a/one file 12345",
      "ADD b hardlink a/one",
      "ADD c symlink somewhere/long",
      "ADD d file 123",
    );
    execFileSync("mkfifo", [dir.join("pipe")]);
    const { entries, total } = await explainContext(dir.path);
    expect(entries.map(({ path, kind, size }) => [path, kind, size])).toEqual([
      ["a", "directory", 0],
      ["a/one", "file", 5],
      ["b", "hardlink", 0],
      ["c", "symlink", 0],
      ["d", "file", 3],
      ["pipe", "other", 0],
    ]);
    expect(total).toEqual({ entries: 6, files: 2, bytes: 8 });
  });

  test("says when a directory is sent only for what is kept below it", async () => {
    await using dir = await tree("ADD docs/api/x.md file x", "ADD docs/notes file x");
    expect(linesOf(await explainContext(dir.path, { excludePatterns: ["docs", "!docs/**/*.md"] }))).toEqual([
      "docs as parent",
      "docs/api as parent",
      "docs/api/x.md by !docs/**/*.md (excludePatterns[1])",
      "- docs/notes by docs (excludePatterns[0])",
    ]);
  });

  test("tells an exclude pattern from no include pattern", async () => {
    await using dir = await tree(
      "ADD src/a file x",
      "ADD src/b file x",
      "ADD c file x",
      "ADD link symlink c",
    );
    const options = { includePatterns: ["", "src"], excludePatterns: ["*/b"], followPaths: ["li?k"] };
    expect(linesOf(await explainContext(dir.path, options))).toEqual([
      "c by c (followPaths)",
      "link by li?k (followPaths)",
      "src by src (includePatterns[1])",
      "src/a by src (includePatterns[1])",
      "- src/b by */b (excludePatterns[0])",
    ]);
    expect(linesOf(await explainContext(dir.path, { includePatterns: ["c"] }))).toEqual([
      "c by c (includePatterns[0])",
      "- link",
      "- src with all below",
    ]);
  });

  test("keeps the bytes of names that are not UTF-8", async () => {
    await using dir = await tmpDir();
    writeFileSync(Buffer.concat([Buffer.from(`${dir.path}/caf`), Buffer.from([0xe9])]), "x");
    writeFileSync(dir.join("café"), "x");
    const { entries } = await explainContext(dir.path);
    expect(entries.map(({ path, pathBase64 }) => [path, pathBase64])).toEqual([
      ["café", undefined],
      ["caf\ufffd", Buffer.from("caf\xe9", "latin1").toString("base64")],
    ]);
  });

  test("does not read what cannot be sent", async () => {
    const read: string[] = [];
    const memory = createMemoryTree({ "a/b": "", "node_modules/p/x": "", "src/y": "" });
    const watched: FileTree = {
      ...memory,
      readDirectory(path) {
        read.push(path);
        return memory.readDirectory(path);
      },
    };
    await explainTree(watched, await createFilter({ excludePatterns: ["node_modules"] }), new Map());
    expect(read).toEqual(["", "a", "src"]);
  });

  test.each([
    ["a context that is not there", "nothing", {}, "BK_CONTEXT_UNREADABLE"],
    ["a Dockerfile that is not there", ".", { dockerfile: "nothing" }, "BK_CONTEXT_UNREADABLE"],
    ["a malformed pattern", ".", { excludePatterns: ["["] }, "BK_PATTERN_INVALID"],
  ])("fails for %s", async (_, path, options, code) => {
    await using dir = await tree("ADD a file x");
    await expect(explainContext(dir.join(path), options)).rejects.toMatchObject({ code });
  });

  test("rejects with the reason of its signal", async () => {
    const reason = new Error("enough");
    await expect(explainContext(".", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("lets the event loop turn, while it walks and while it explains", async () => {
    const names = Array.from({ length: 1600 }, (_, index) => [`d${index % 10}/f${index}`, ""] as const);
    const big = createMemoryTree(Object.fromEntries(names));
    const filter = await createFilter({ excludePatterns: ["**/f*[0-8]"] });
    useSlowClock();
    const walking = await countTurns(async () => void (await listTree(big, filter, {})));
    const both = await countTurns(async () => void (await explainTree(big, filter, new Map())));
    expect(walking).toBeGreaterThan(90);
    expect(both - walking).toBeGreaterThan(90);
  });
});

describe("the ignore file", () => {
  test("beside the Dockerfile goes before that of the context", async () => {
    await using dir = await tree(
      "ADD ctx/.dockerignore file a",
      "ADD ctx/a file x",
      "ADD ctx/b file x",
      'ADD other/prod file "FROM scratch"',
      'ADD other/prod.dockerignore file "\\nb"',
    );
    const dockerfile = relative(process.cwd(), dir.join("other/prod"));
    const explanation = await explainContext(dir.join("ctx"), { dockerfile });
    expect(explanation.ignoreFile).toBe(dir.join("other/prod.dockerignore"));
    expect(explanation.dropped).toEqual([
      {
        path: "b",
        directory: false,
        subtree: false,
        droppedBy: { pattern: "b", source: "prod.dockerignore:2" },
      },
    ]);
  });

  test("of the context holds for a Dockerfile that is given as text", async () => {
    await using dir = await tree("ADD .dockerignore file a", "ADD Dockerfile.dockerignore file b");
    const { ignoreFile } = await explainContext(dir.path, { dockerfile: { text: "FROM scratch" } });
    expect(ignoreFile).toBe(dir.join(".dockerignore"));
  });

  test("may be a link inside the context, and counts as none when it is a directory", async () => {
    await using dir = await tree("ADD .dockerignore symlink /conf/ignore", "ADD conf/ignore file Dockerfile");
    expect((await explainContext(dir.path)).ignoreFile).toBe(dir.join(".dockerignore"));
    await using other = await tree("ADD .dockerignore/x file *");
    expect((await explainContext(other.path)).ignoreFile).toBeUndefined();
  });
});

describe("what is explained", () => {
  const name = fc.constantFrom("a", "b", "ab", "a-b", ".c", "é");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
  const part = fc.constantFrom("a", "b", "ab", "*", "**", "a*", "?", ".c", "é");
  const pattern = fc
    .tuple(fc.constantFrom("", "!"), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([bang, parts]) => `${bang}${parts.join("/")}`);
  const patterns = fc.array(pattern, { maxLength: 4 });

  /** Without paths that lie below another one, which would have to be a file and a directory. */
  function toTree(paths: readonly string[]): FileTree {
    const files = [...new Set(paths)].filter((file) => !paths.some((other) => other.startsWith(`${file}/`)));
    return createMemoryTree(Object.fromEntries(files.map((file) => [file, ""])));
  }

  async function walk(
    memory: FileTree,
    lists: Parameters<typeof createFilter>[0],
  ): Promise<readonly string[]> {
    const paths: string[] = [];
    for await (const batch of walkTree(memory, await createFilter(lists)))
      paths.push(...batch.map((stat) => Buffer.from(stat.path, "latin1").toString()));
    return paths;
  }

  test("is what a walk sends, and everything else is dropped", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(path, { minLength: 1, maxLength: 12 }),
        patterns,
        patterns,
        async (paths, includes, excludes) => {
          const memory = toTree(paths);
          const toBytes = (text: string) => Buffer.from(text).toString("latin1");
          const lists = { includePatterns: includes.map(toBytes), excludePatterns: excludes.map(toBytes) };
          const { entries, dropped } = await explainTree(memory, await createFilter(lists), new Map());
          const kept = entries.map((entry) => entry.path);
          expect(kept).toEqual(await walk(memory, lists));
          const lost = (await walk(memory, {})).filter((sent) => !kept.includes(sent));
          const covered = lost.filter(
            (missing) =>
              dropped.some((drop) => drop.path === missing) ||
              dropped.some((drop) => drop.subtree && missing.startsWith(`${drop.path}/`)),
          );
          expect(covered).toEqual(lost);
          expect(dropped.filter((drop) => !lost.includes(drop.path))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is traced to its place in the list: what keeps begins with "!", what drops does not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 8 }), patterns, async (paths, excludes) => {
        await using dir = await tmpDir();
        const files = [...new Set(paths)].filter(
          (file) => !paths.some((other) => other.startsWith(`${file}/`)),
        );
        for (const file of files) {
          mkdirSync(dirname(join(dir.path, file)), { recursive: true });
          writeFileSync(join(dir.path, file), "");
        }
        const { entries, dropped } = await explainContext(dir.path, { excludePatterns: excludes });
        for (const { keptBy, asParent } of entries) {
          if (keptBy) expect(keptBy.pattern).toMatch(/^!/);
          expect(asParent !== undefined && keptBy !== undefined).toBe(false);
        }
        for (const { droppedBy } of dropped) {
          const index = Number(/^excludePatterns\[(\d+)\]$/.exec(droppedBy?.source ?? "")?.[1]);
          expect(excludes[index]).toBe(droppedBy?.pattern);
          expect(droppedBy?.pattern).not.toMatch(/^!/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
