// SPDX-License-Identifier: Apache-2.0
import { chmod, writeFile } from "node:fs/promises";
import { leakCheck, receiveTree, tmpDir, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createMemoryFile } from "../../src/filesync/source/memory-file.js";
import { createMemoryTree } from "../../src/filesync/source/memory-tree.js";
import { createTreeSource } from "../../src/filesync/source/tree-source.js";
import {
  createDiskSource,
  createFileSync,
  createMemorySource,
  type SyncProgress,
  type SyncSource,
} from "../../src/index.js";
import { deferred } from "../helpers/deferred.js";
import { openSessionPair } from "../helpers/session-pair.js";
import { openSyncCall } from "../helpers/sync-call.js";

const METHOD = "/moby.filesync.v1.FileSync/DiffCopy";

function shareAs(name: string, source: SyncSource) {
  return openSessionPair(createFileSync({ dirs: new Map([[name, source]]) }));
}

describe("createFileSync()", () => {
  leakCheck();

  test("sends every entry as root's, in the daemon's order, with its contents", async () => {
    await using dir = await tree(
      "ADD a dir",
      "ADD a/b file one",
      "ADD a-b file two",
      "ADD empty file",
      "ADD link symlink a/b",
      "ADD hard hardlink a/b",
    );
    await chmod(dir.join("a-b"), 0o4755);
    await using pair = await shareAs("context", createDiskSource(dir.path));

    const received = await receiveTree(pair.peer, { dirName: "context" });

    expect([...received.keys()]).toEqual(["a", "a/b", "a-b", "empty", "hard", "link"]);
    expect(received.get("a/b")?.data?.toString()).toBe("one");
    expect(received.get("empty")?.data?.length).toBe(0);
    expect(received.get("a-b")?.stat).toMatchObject({ mode: 0o755 + 2 ** 23, uid: 0, gid: 0, size: 3n });
    expect(received.get("hard")?.stat).toMatchObject({ linkname: "a/b", size: 3n });
    expect(received.get("link")?.stat.linkname).toBe("a/b");
  });

  test("sends what the daemon's patterns ask for", async () => {
    await using dir = await tree("ADD src/a.ts file x", "ADD src/a.log file x", "ADD docs/b.md file x");
    await using pair = await shareAs("context", createDiskSource(dir.path));

    const received = await receiveTree(pair.peer, {
      dirName: "context",
      includePatterns: ["src"],
      excludePatterns: ["**/*.log"],
    });

    expect([...received.keys()]).toEqual(["src", "src/a.ts"]);
  });

  test("sends files from memory", async () => {
    await using pair = await shareAs("dockerfile", createMemorySource({ Dockerfile: "FROM scratch" }));

    const received = await receiveTree(pair.peer, { dirName: "dockerfile" });

    expect(received.get("Dockerfile")?.data?.toString()).toBe("FROM scratch");
  });

  test("sends large files and thousands of small ones whole", async () => {
    await using dir = await tmpDir();
    const large = Buffer.alloc(5_000_001, "0123456789abcdef");
    await writeFile(dir.join("large"), large);
    for (let index = 0; index < 2_000; index++)
      await writeFile(dir.join(`small-${index}`), `content ${index}`);
    await using pair = await shareAs("context", createDiskSource(dir.path));

    const received = await receiveTree(pair.peer, { dirName: "context" });

    expect(received.size).toBe(2_001);
    expect(received.get("large")?.data?.equals(large)).toBe(true);
    expect(received.get("small-1999")?.data?.toString()).toBe("content 1999");
  });

  test("shares nothing under another name", async () => {
    await using pair = await shareAs("context", createMemorySource({}));

    const call = pair.peer.call(METHOD, { "dir-name": "secrets" });

    await expect(call.status()).resolves.toMatchObject({
      code: 5,
      message: 'no access allowed to dir "secrets"',
    });
  });
});

describe("onProgress", () => {
  leakCheck();

  test("reports the directory's name and, at its end, all that was seen, sent and not asked for", async () => {
    await using dir = await tree("ADD dir dir", "ADD dir/b file 12345", "ADD a file 123", "ADD h hardlink a");
    const reports: SyncProgress[] = [];
    await using sync = await openSyncCall(createDiskSource(dir.path), {
      onProgress: (progress) => reports.push(progress),
    });

    await sync.next();
    sync.request(0); // "a"; the daemon has "dir/b" already, and makes "h" a link
    sync.finish();
    await sync.rest();

    await expect(sync.call.status()).resolves.toMatchObject({ code: 0 });
    expect(reports.at(-1)).toMatchObject({
      dir: "context",
      entries: 4,
      files: 2,
      bytes: 3,
      filesSent: 1,
      filesUnchanged: 1,
      scanned: true,
      entriesSkipped: 0,
      done: true,
    });
    expect(reports.at(-1)?.bytesPerSecond).toBeGreaterThan(0);
    expect(reports.filter(({ done }) => done)).toHaveLength(1);
  });

  test("reports while the daemon keeps the transfer waiting, at most ten times a second", async () => {
    const times: number[] = [];
    const third = deferred();
    const start = performance.now();
    await using _sync = await openSyncCall(createMemorySource({ a: "x" }), {
      onProgress({ entries, done }) {
        expect({ entries, done }).toEqual({ entries: 1, done: false });
        if (times.push(performance.now()) === 3) third.resolve();
      },
    });

    await third.promise;

    expect(times[2]).toBeGreaterThan(start + 200);
  });

  test("ends with the transfer when that fails", async () => {
    const reports: SyncProgress[] = [];
    await using sync = await openSyncCall(createMemorySource({ a: "x" }), {
      onProgress: (progress) => reports.push(progress),
    });

    sync.giveUp("disk full");

    await sync.pair.failed;
    expect(reports.some(({ done }) => done)).toBe(false);
  });

  test.each([
    ["while it runs", false],
    ["at its end", true],
  ])("fails the transfer with what it throws %s", async (_, whenDone) => {
    const error = new Error("the display is broken");
    await using sync = await openSyncCall(createMemorySource({ a: "x" }), {
      onProgress({ done }) {
        if (done === whenDone) throw error;
      },
    });

    if (whenDone) sync.finish();

    expect(await sync.pair.failed).toBe(error);
  });
});

describe("onUnreadable", () => {
  leakCheck();

  /** 150 files that the system does not let us read, and one that it does. */
  function denied(): SyncSource {
    const names = Array.from({ length: 150 }, (_, index) => [`secret-${100 + index}`, "x"] as const);
    return createTreeSource({
      ...createMemoryTree({ ...Object.fromEntries(names), "read me": "y" }),
      checkReadable(path) {
        if (path !== "read me") throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      },
      open(stat) {
        if (stat.path !== "read me") throw new Error(`${stat.path} was opened`);
        return createMemoryFile(Buffer.from("y"));
      },
    });
  }

  test("skip sends the rest, and lists what was left out up to a bound", async () => {
    const reports: SyncProgress[] = [];
    await using pair = await openSessionPair(
      createFileSync({
        dirs: new Map([["context", denied()]]),
        onUnreadable: "skip",
        onProgress: (progress) => reports.push(progress),
      }),
    );

    const received = await receiveTree(pair.peer, { dirName: "context" });

    expect([...received.keys()]).toEqual(["read me"]);
    const end = reports.at(-1);
    expect(end).toMatchObject({ entries: 1, entriesSkipped: 150, done: true });
    expect(end?.skipped).toHaveLength(100);
    expect(end?.skipped[0]).toEqual({ path: "secret-100", reason: "permission denied" });
  });

  test("error, which is the default, fails when the daemon asks for the file", async () => {
    await using pair = await shareAs("context", denied());

    await expect(receiveTree(pair.peer, { dirName: "context" })).rejects.toThrow("secret-100 was opened");
  });
});
