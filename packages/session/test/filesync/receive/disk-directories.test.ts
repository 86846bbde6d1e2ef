// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { leakCheck, readTree, tmpDir, tree } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createDiskTarget,
  createMemorySource,
  receiveFiles,
  sendFiles,
} from "../../../src/filesync/index.js";
import { openDirectories } from "../../../src/filesync/receive/disk-directories.js";
import { splitPair } from "../../helpers/split-pair.js";

describe.runIf(process.platform === "linux")("openDirectories() with handles", () => {
  leakCheck();

  test("stays in a directory that was moved, instead of going where its name leads now", async () => {
    await using dir = await tree("ADD out/d/file file inside", "ADD secret/file file outside");
    const directories = openDirectories(dir.join("out"));
    directories.locate("d", "file");
    renameSync(dir.join("out/d"), dir.join("moved"));
    symlinkSync("../secret", dir.join("out/d"));

    expect(readFileSync(directories.locate("d", "file"), "utf8")).toBe("inside");
    directories.forget("d");
    expect(() => directories.locate("d", "file")).toThrow(/ENOTDIR|ELOOP/);

    directories.close();
    directories.close();
  });

  test("reaches deeper than it holds directories open", async () => {
    await using dir = await tmpDir();
    const directories = openDirectories(dir.path);
    let path = "";
    for (let depth = 0; depth < 200; depth++) {
      mkdirSync(directories.locate(path, "d"));
      path = path === "" ? "d" : `${path}/d`;
    }

    const deep = directories.locate(path, "file");
    directories.locate("d", "other"); // one more call leaves it good
    writeFileSync(deep, "x");

    expect(readFileSync(directories.locate(path, "file"), "utf8")).toBe("x");
    directories.close();
  });
});

describe("openDirectories() where there is no /proc", () => {
  leakCheck();
  beforeEach(() => void vi.spyOn(process, "platform", "get").mockReturnValue("darwin"));
  afterEach(() => void vi.restoreAllMocks());

  test("goes by path, and through no link", async () => {
    await using dir = await tree("ADD out/d/file file inside", "ADD secret/file file outside");
    symlinkSync("../secret", dir.join("out/link"));
    const directories = openDirectories(dir.join("out"));

    expect(readFileSync(directories.locate("d", "file"), "utf8")).toBe("inside");
    expect(() => directories.locate("link", "file")).toThrow("not a directory");
    directories.close();
  });

  test("looks again at a directory that it has gone through before", async () => {
    await using dir = await tree("ADD out/d/e/file file inside", "ADD secret/e/file file outside");
    const directories = openDirectories(dir.join("out"));
    directories.locate("d/e", "file");
    // What a sender does by a directory `D` and a link `d`, where case does not count.
    renameSync(dir.join("out/d"), dir.join("moved"));
    symlinkSync("../secret", dir.join("out/d"));

    expect(() => directories.locate("d/e", "file")).toThrow("not a directory");
    directories.close();
  });

  test("receives a tree in place of links all the same", async () => {
    await using dir = await tree("ADD out/old file", "ADD secret/file file outside");
    symlinkSync("../secret", dir.join("out/d"));
    const [ours, theirs] = splitPair();
    const { signal } = new AbortController();

    await Promise.all([
      receiveFiles({
        stream: theirs,
        target: createDiskTarget({ dir: dir.join("out"), delete: true }),
        signal,
      }),
      sendFiles({
        stream: ours,
        source: createMemorySource({ "d/file": "received" }),
        patterns: {},
        resetOwner: true,
        signal,
      }),
    ]);

    expect(await readTree(dir.path)).toEqual([
      "ADD out dir",
      "ADD out/d dir",
      "ADD out/d/file file received",
      "ADD secret dir",
      "ADD secret/file file outside",
    ]);
  });
});
