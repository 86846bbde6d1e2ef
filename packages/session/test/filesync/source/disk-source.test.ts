// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createDiskSource } from "../../../src/filesync/source/disk-source.js";
import type { SkippedEntry, SyncPatterns } from "../../../src/filesync/source/source.js";
import { type FileStat, MODE } from "../../../src/filesync/source/stat.js";

async function walk(root: string, patterns: SyncPatterns = {}): Promise<ReadonlyMap<string, FileStat>> {
  const source = createDiskSource(root);
  const stats: FileStat[] = [];
  for await (const batch of source.walk(await source.resolveFilter(patterns))) stats.push(...batch);
  return new Map(stats.map((stat) => [stat.path, stat]));
}

describe("what is told of an entry", () => {
  test("a file: permission bits, size, time to the nanosecond's digits, owner", async () => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "12345");
    chmodSync(dir.join("f"), 0o4751);
    utimesSync(dir.join("f"), 1, 1.5);
    const stat = (await walk(dir.path)).get("f");
    expect(stat).toMatchObject({
      mode: MODE.setuid + 0o751,
      size: 5,
      modTimeNs: 1_500_000_000n,
      linkname: "",
    });
    expect(stat).toMatchObject({ uid: process.getuid?.(), gid: process.getgid?.() });
  });

  test("a directory has no size; a link its target; a socket is an empty file; a pipe is one", async () => {
    await using dir = await tmpDir();
    mkdirSync(dir.join("d"), { mode: 0o755 });
    symlinkSync("/some/where", dir.join("l"));
    execFileSync("mkfifo", ["-m", "600", dir.join("p")]);
    const server = createServer().listen(dir.join("s"));
    await once(server, "listening");
    const source = createDiskSource(dir.path);
    const stats = await walk(dir.path);
    expect(stats.get("d")).toMatchObject({ mode: MODE.directory + 0o755, size: 0 });
    expect(stats.get("l")).toMatchObject({ mode: MODE.symlink + 0o777, linkname: "/some/where", size: 11 });
    expect(stats.get("p")).toMatchObject({ mode: MODE.namedPipe + 0o600, size: 0 });
    const socket = stats.get("s");
    expect(socket).toMatchObject({ size: 0 });
    expect((socket?.mode ?? MODE.socket) & ~0o777).toBe(0);
    // The system refuses to open a socket, so this did not.
    if (socket) expect(source.open(socket).readSync(Buffer.alloc(8), 0, 8, 0)).toBe(0);
    server.close();
  });

  test("time to the nanosecond, and a size that 32 bits do not hold", async () => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "");
    truncateSync(dir.join("f"), 2 ** 42 + 1);
    execFileSync("touch", ["-d", "2023-11-14T22:13:20.123456789Z", dir.join("f")]);
    const stat = (await walk(dir.path)).get("f");
    expect(stat).toMatchObject({ size: 2 ** 42 + 1, modTimeNs: 1_700_000_000_123_456_789n });
  });

  test.skipIf(process.getuid?.() !== 0)("a device: its kind and numbers, of 12 and 20 bits", async () => {
    await using dir = await tmpDir();
    execFileSync("mknod", ["-m", "600", dir.join("b"), "b", "7", "1"]);
    execFileSync("mknod", ["-m", "600", dir.join("c"), "c", "300", "70000"]);
    const stats = await walk(dir.path);
    expect(stats.get("b")).toMatchObject({ mode: MODE.device + 0o600, devmajor: 7, devminor: 1, size: 0 });
    expect(stats.get("c")).toMatchObject({
      mode: MODE.device + MODE.charDevice + 0o600,
      devmajor: 300,
      devminor: 70_000,
    });
  });

  test("the other names of a file are links to the first that is sent, with its size", async () => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("a"), "content");
    linkSync(dir.join("a"), dir.join("b"));
    linkSync(dir.join("a"), dir.join("c"));
    const links = (stats: ReadonlyMap<string, FileStat>) =>
      [...stats].map(([path, stat]) => [path, stat.linkname, stat.size]);
    expect(links(await walk(dir.path))).toEqual([
      ["a", "", 7],
      ["b", "a", 7],
      ["c", "a", 7],
    ]);
    expect(links(await walk(dir.path, { excludePatterns: ["a"] }))).toEqual([
      ["b", "", 7],
      ["c", "b", 7],
    ]);
  });

  test("names are bytes, in the root's own path too", async () => {
    await using dir = await tmpDir();
    mkdirSync(dir.join("ü"));
    const bytes = (name: string) =>
      Buffer.concat([Buffer.from(`${dir.path}/ü/`), Buffer.from(name, "latin1")]);
    mkdirSync(bytes("d\xff"));
    writeFileSync(bytes("d\xff/f\xfe"), "x");
    const source = createDiskSource(dir.join("ü"));
    const stats = await walk(dir.join("ü"));
    expect([...stats.keys()]).toEqual(["d\xff", "d\xff/f\xfe"]);
    const stat = stats.get("d\xff/f\xfe");
    if (stat) expect(source.open(stat).readSync(Buffer.alloc(8), 0, 8, 0)).toBe(1);
  });
});

describe("opening a file", () => {
  test.each([
    ["has grown", "changed its size from 0 to 4 bytes", (path: string) => writeFileSync(path, "data")],
    ["has gone", "it does not exist", (path: string) => rmSync(path)],
  ])("that was empty and %s is refused", async (_, why, change) => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "");
    const stat = (await walk(dir.path)).get("f");
    if (!stat) throw new Error("the file was not walked");
    change(dir.join("f"));
    expect(() => createDiskSource(dir.path).open(stat)).toThrow(why);
  });

  test.each([
    ["was written to", "changed its size", (path: string) => appendFileSync(path, "more")],
    ["was written over", "was written to", (path: string) => utimesSync(path, 5, 5)],
    [
      "was replaced",
      "was replaced",
      (path: string) => {
        writeFileSync(`${path}2`, "data");
        renameSync(`${path}2`, path);
      },
    ],
  ])("that %s since the walk is refused", async (_, why, change) => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "data");
    const stat = (await walk(dir.path)).get("f");
    if (!stat) throw new Error("the file was not walked");
    change(dir.join("f"));
    expect(() => createDiskSource(dir.path).open(stat)).toThrow(why);
  });

  test.each([
    ["a link", (path: string) => symlinkSync("/etc/passwd", path), "it has become a symbolic link"],
    ["a pipe without a writer", (path: string) => execFileSync("mkfifo", [path]), "was replaced"],
    ["nothing", () => {}, "it does not exist"],
  ])("whose place %s has taken is refused at once", async (_, replace, why) => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "data");
    const stat = (await walk(dir.path)).get("f");
    if (!stat) throw new Error("the file was not walked");
    rmSync(dir.join("f"));
    replace(dir.join("f"));
    expect(() => createDiskSource(dir.path).open(stat)).toThrow(why);
  });

  test("shows a change between its first and its last byte", async () => {
    await using dir = await tmpDir();
    writeFileSync(dir.join("f"), "data");
    const stat = (await walk(dir.path)).get("f");
    if (!stat) throw new Error("the file was not walked");
    const file = createDiskSource(dir.path).open(stat);
    const bytes = Buffer.alloc(8);
    expect(await file.read(bytes, 0, 8, 0)).toBe(4);
    file.assertUnchanged();
    appendFileSync(dir.join("f"), "more");
    expect(() => file.assertUnchanged()).toThrow(
      "f changed its size from 4 to 8 bytes while the build read it",
    );
    file.close();
  });
});

test("patterns that the daemon refuses are refused with its text, and links join the includes", async () => {
  await using dir = await tmpDir();
  writeFileSync(dir.join("file"), "");
  symlinkSync("file", dir.join("link"));
  await expect(walk(dir.path, { includePatterns: ["["] })).rejects.toThrow(
    "invalid includepatterns: [[]: syntax error in pattern",
  );
  expect([...(await walk(dir.path, { followPaths: ["link"] })).keys()]).toEqual(["file", "link"]);
});

/** Works as a user who owns nothing. Root may read any file. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe.skipIf(process.geteuid?.() !== 0)("another user's files", () => {
  test("fail the walk or are skipped, as is wanted", async () => {
    await using dir = await tmpDir();
    chmodSync(dir.path, 0o755);
    for (const name of ["closed", "listed", "open"]) mkdirSync(dir.join(name));
    for (const name of ["closed/f", "listed/f", "open/f", "open/secret"])
      writeFileSync(dir.join(name), "x", { mode: 0o644 });
    chmodSync(dir.join("open/secret"), 0o600);
    chmodSync(dir.join("closed"), 0o700);
    chmodSync(dir.join("listed"), 0o744);
    const source = createDiskSource(dir.path);
    const filter = await source.resolveFilter({});
    const skipped: SkippedEntry[] = [];
    const sent: string[] = [];

    await asNobody(async () => {
      await expect(walk(dir.path)).rejects.toThrow(`Cannot read closed in ${dir.path}: permission denied`);
      for await (const batch of source.walk(filter, { onSkip: (entry) => skipped.push(entry) }))
        sent.push(...batch.map(({ path }) => path));
    });

    const reason = "permission denied";
    expect(sent).toEqual(["listed", "open", "open/f"]);
    expect(skipped).toEqual([
      { path: "closed", reason },
      { path: "listed/f", reason },
      { path: "open/secret", reason },
    ]);
  });
});
