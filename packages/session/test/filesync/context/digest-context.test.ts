// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { chmodSync, linkSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { digestContext } from "../../../src/filesync/context/digest-context.js";

const project = [
  'ADD .dockerignore file "*.log\\n" mode=0644',
  'ADD Dockerfile file "FROM scratch\\n" mode=0644',
  "ADD a file content mode=0644",
  "ADD d/b file content mode=0644",
  "ADD d dir mode=0755",
  "ADD link symlink a",
  "ADD x.log file noise mode=0644",
];

describe("digestContext()", () => {
  test("is the SHA-256 of what its documentation says", async () => {
    await using dir = await tree(
      "ADD Dockerfile file FROM mode=0644",
      "ADD d dir mode=0755",
      "ADD d/é symlink x",
    );
    const bytes = [
      "bk context digest v1\n",
      "dockerfile 4\nFROM",
      "644 4 0:0 10:Dockerfile 0:\nFROM",
      "20000000755 0 0:0 1:d 0:\n",
      "1000000777 1 0:0 4:d/é 1:x\n",
    ].join("");
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(await digestContext(dir.path)).toBe(`sha256:${digest}`);
  });

  test("is the same in another place, at another time", async () => {
    await using one = await tree(...project);
    await using other = await tree(...project.map((line) => `${line} mtime=2001-02-03T04:05:06Z`));
    expect(await digestContext(one.path)).toBe(await digestContext(other.path));
  });

  test.each<[string, (path: (name: string) => string) => void]>([
    ["content", (path) => writeFileSync(path("a"), "CONTENT")],
    ["a mode", (path) => chmodSync(path("a"), 0o755)],
    ["the mode of a directory", (path) => chmodSync(path("d"), 0o700)],
    ["a name", (path) => renameSync(path("a"), path("c"))],
    ["a new file", (path) => writeFileSync(path("new"), "")],
    ["a file that is gone", (path) => rmSync(path("a"))],
    [
      "where a link leads",
      (path) => {
        rmSync(path("link"));
        symlinkSync("d", path("link"));
      },
    ],
    [
      "two equal files that become one",
      (path) => {
        rmSync(path("d/b"));
        linkSync(path("a"), path("d/b"));
      },
    ],
    ["what is ignored", (path) => writeFileSync(path(".dockerignore"), "*.txt\n")],
  ])("changes with %s", async (_, change) => {
    await using dir = await tree(...project);
    const before = await digestContext(dir.path);
    change((name) => dir.join(name));
    expect(await digestContext(dir.path)).not.toBe(before);
  });

  test.each<[string, (path: (name: string) => string) => void]>([
    ["a dropped file", (path) => writeFileSync(path("x.log"), "more noise")],
    ["a time", (path) => utimesSync(path("a"), 5, 5)],
  ])("does not change with %s", async (_, change) => {
    await using dir = await tree(...project);
    const before = await digestContext(dir.path);
    change((name) => dir.join(name));
    expect(await digestContext(dir.path)).toBe(before);
  });

  test("changes with a Dockerfile outside the context, or one that is dropped", async () => {
    await using dir = await tree(
      "ADD ctx/a file x",
      "ADD ctx/.dockerignore file Dockerfile",
      'ADD ctx/Dockerfile file "FROM a"',
      'ADD other file "FROM b"',
    );
    const dropped = await digestContext(dir.join("ctx"));
    const outside = await digestContext(dir.join("ctx"), { dockerfile: dir.join("other") });
    const text = await digestContext(dir.join("ctx"), { dockerfile: { text: "FROM b" } });
    expect(outside).not.toBe(dropped);
    expect(text).toBe(outside);
    writeFileSync(dir.join("ctx/Dockerfile"), "FROM b");
    expect(await digestContext(dir.join("ctx"))).toBe(outside);
  });

  test("reads files of any size, in pieces", async () => {
    const content = Buffer.alloc((1 << 20) + 7, "0123456789");
    await using dir = await tree("ADD d dir");
    writeFileSync(dir.join("big"), content, { mode: 0o644 });
    chmodSync(dir.join("big"), 0o644);
    chmodSync(dir.join("d"), 0o755);
    const digest = createHash("sha256")
      .update(`bk context digest v1\nno dockerfile\n644 ${content.length} 0:0 3:big 0:\n`)
      .update(content)
      .update("20000000755 0 0:0 1:d 0:\n")
      .digest("hex");
    expect(await digestContext(dir.path)).toBe(`sha256:${digest}`);
  });

  test("fails by name for a file that is written while it is read", async () => {
    await using dir = await tree();
    writeFileSync(dir.join("big"), Buffer.alloc(8 << 20));
    const digest = digestContext(dir.path);
    // The walk has been done and the first piece is being read when this runs.
    setImmediate(() => writeFileSync(dir.join("big"), "short"));
    await expect(digest).rejects.toMatchObject({
      code: "BK_CONTEXT_CHANGED",
      message: expect.stringContaining("big"),
    });
  });

  test("rejects with the reason of its signal, also in the middle of a file", async () => {
    await using dir = await tree();
    writeFileSync(dir.join("big"), Buffer.alloc(32 << 20));
    const reason = new Error("enough");
    const controller = new AbortController();
    const digest = digestContext(dir.path, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(digest).rejects.toBe(reason);
  });
});
