// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { leakCheck, readTree, type TmpDir, tree, writeTree } from "@bk/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDiskTarget, KEEP_ALL, MODE, type Target } from "../../../src/filesync/index.js";
import { type ScriptedSender, startReceiver } from "./scripted-sender.js";

const isRoot = process.getuid?.() === 0;

/** A destination, with a neighbour that nothing may touch. */
async function destination(...lines: readonly string[]): Promise<TmpDir & { readonly dir: string }> {
  const tmp = await tree("ADD secret/file file keep-out");
  await writeTree(tmp.join("out"), lines);
  mkdirSync(tmp.join("out"), { recursive: true });
  return { ...tmp, dir: tmp.join("out") };
}

/** Lets `script` describe a tree, then serves contents by path to whatever is asked for. */
async function receive(
  target: Target,
  script: (sender: ScriptedSender) => void,
  contents: readonly string[] = [],
) {
  const sender = startReceiver(target);
  script(sender);
  sender.endOfStats();
  const left = [...contents];
  for (;;) {
    const packet = await sender.next();
    if (packet?.startsWith("REQ ")) sender.contents(Number(packet.slice(4)), left.shift() ?? "");
    else break;
  }
  sender.fin();
  return await sender.received;
}

const MTIME = 1_700_000_000_123_456_789n;

describe("createDiskTarget()", () => {
  leakCheck();

  test("restores modes, times, links and names that are no UTF-8", async () => {
    await using out = await destination();
    const odd = Buffer.from("n\xff", "latin1");

    await receive(
      createDiskTarget({ dir: out.dir }),
      (sender) => {
        sender.stat("a", { mode: 0o751, size: 5n, modTime: MTIME });
        sender.stat("b", { mode: 0o751, size: 5n, modTime: MTIME, linkname: "a" });
        sender.stat("d", { mode: MODE.directory + MODE.sticky + 0o777, modTime: MTIME });
        sender.stat("d/old", { modTime: -5_000_000_000n });
        sender.stat("l", { mode: MODE.symlink + 0o777, linkname: "../secret/file", modTime: MTIME });
        // { path: "n\xff" }, an empty file
        sender.bytes(Buffer.concat([Buffer.from([0x12, 7, 0x0a, 2]), odd, Buffer.from([0x10, 0xa4, 3])]));
      },
      ["hello", "", ""],
    );

    const seconds = Number(MTIME / 1000n);
    const micros = (name: string) =>
      Number(lstatSync(`${out.dir}/${name}`, { bigint: true }).mtimeNs / 1000n);
    expect(readFileSync(`${out.dir}/a`, "utf8")).toBe("hello");
    expect(statSync(`${out.dir}/a`).mode & 0o7777).toBe(0o751);
    expect(statSync(`${out.dir}/b`).ino).toBe(statSync(`${out.dir}/a`).ino);
    expect(statSync(`${out.dir}/d`).mode & 0o7777).toBe(0o1777);
    expect(readlinkSync(`${out.dir}/l`)).toBe("../secret/file");
    expect([micros("a"), micros("b"), micros("d"), micros("l")]).toEqual([
      seconds,
      seconds,
      seconds,
      seconds,
    ]);
    expect(micros("d/old")).toBe(0);
    expect(readdirSync(Buffer.from(out.dir), { encoding: "buffer" })).toContainEqual(odd);
  });

  test("writes large files in pieces, several at a time", async () => {
    await using out = await destination();
    const [a, b] = [Buffer.alloc(3_000_000, "a"), Buffer.alloc(200_000, "b")];
    const sender = startReceiver(createDiskTarget({ dir: out.dir }));
    sender.stat("a", { size: 3_000_000n });
    sender.stat("b", { size: 200_000n });
    sender.endOfStats();
    expect([await sender.next(), await sender.next()]).toEqual(["REQ 0", "REQ 1"]);
    for (let at = 0; at < a.length; at += 30_000) {
      sender.data(0, a.subarray(at, at + 30_000));
      if (at < b.length) sender.data(1, b.subarray(at, at + 30_000));
    }
    sender.endOfFile(1);
    sender.endOfFile(0);

    expect(await sender.next()).toBe("FIN");
    expect(readFileSync(`${out.dir}/a`).equals(a)).toBe(true);
    expect(readFileSync(`${out.dir}/b`).equals(b)).toBe(true);
    sender.fin();
    await sender.received;
  });

  test("makes the destination, for its owner alone", async () => {
    await using out = await destination();
    const dir = `${out.dir}/not/yet`;

    await receive(createDiskTarget({ dir }), (sender) => sender.stat("a"));

    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(await readTree(dir)).toEqual(["ADD a file"]);
  });

  test("fills a directory that will be read-only, and one that is", async () => {
    await using out = await destination("ADD old dir");
    chmodSync(`${out.dir}/old`, 0o500);

    await receive(createDiskTarget({ dir: out.dir }), (sender) => {
      for (const dir of ["new", "old"]) {
        sender.dir(dir, 0o555);
        sender.stat(`${dir}/f`, { modTime: MTIME });
      }
    });

    expect(await readTree(out.dir)).toEqual([
      "ADD new dir",
      "ADD new/f file",
      "ADD old dir",
      "ADD old/f file",
    ]);
    expect(statSync(`${out.dir}/new`).mode & 0o777).toBe(0o555);
    expect(statSync(`${out.dir}/old`).mode & 0o777).toBe(0o555);
    for (const dir of ["new", "old"]) chmodSync(`${out.dir}/${dir}`, 0o755);
  });

  test("replaces what is of another kind, and merges with the rest", async () => {
    await using out = await destination(
      "ADD x/deep/content file",
      "ADD y file old",
      "ADD s file old",
      "ADD kept/file file as-it-was",
    );

    await receive(
      createDiskTarget({ dir: out.dir }),
      (sender) => {
        sender.dir("kept");
        sender.stat("s", { mode: MODE.symlink, linkname: "x" });
        sender.stat("x", { size: 3n });
        sender.dir("y");
        sender.stat("y/z");
      },
      ["new"],
    );

    expect(await readTree(out.dir)).toEqual([
      "ADD kept dir",
      "ADD kept/file file as-it-was",
      "ADD s symlink x",
      "ADD x file new",
      "ADD y dir",
      "ADD y/z file",
    ]);
  });

  test("drops what only root could do harm with, by its policy, and says so", async () => {
    await using out = await destination();
    const script = (sender: ScriptedSender) => {
      sender.stat("dev", { mode: MODE.device + 0o666, devmajor: 1n, devminor: 3n });
      sender.stat("pipe", { mode: MODE.namedPipe + 0o666 });
      sender.stat("su", { mode: MODE.setuid + 0o755 });
    };

    const dropped = await receive(
      createDiskTarget({ dir: out.dir, policy: { setId: "drop", devices: "drop" } }),
      script,
    );
    expect(statSync(`${out.dir}/su`).mode & 0o7777).toBe(0o755);
    const kept = await receive(createDiskTarget({ dir: out.dir, policy: KEEP_ALL }), script);

    expect(dropped.skipped).toEqual([
      { path: "dev", why: "device" },
      { path: "pipe", why: "named-pipe" },
      { path: "su", why: "set-id" },
    ]);
    expect(kept.skipped.map(({ path }) => path)).toEqual(["dev", "pipe"]);
    expect(statSync(`${out.dir}/su`).mode & 0o7777).toBe(0o4755);
    expect(await readTree(out.dir)).toEqual(["ADD su file"]);
  });

  test.runIf(isRoot)("drops the setuid bit by default when it runs as root", async () => {
    await using out = await destination();

    await receive(createDiskTarget({ dir: out.dir }), (sender) =>
      sender.stat("su", { mode: MODE.setuid + MODE.setgid + 0o755 }),
    );

    expect(statSync(`${out.dir}/su`).mode & 0o7777).toBe(0o755);
  });

  test("does not write through links that are there already", async () => {
    await using out = await destination();
    symlinkSync("../secret/file", `${out.dir}/file`);
    symlinkSync("../secret", `${out.dir}/dir`);
    symlinkSync("../secret", `${out.dir}/link`);

    await receive(
      createDiskTarget({ dir: out.dir }),
      (sender) => {
        sender.dir("dir");
        sender.stat("dir/file", { size: 3n });
        sender.stat("file", { size: 3n });
        sender.stat("link", { mode: MODE.symlink, linkname: "elsewhere" });
      },
      ["one", "two"],
    );

    expect(await readTree(out.path)).toEqual([
      "ADD out dir",
      "ADD out/dir dir",
      "ADD out/dir/file file one",
      "ADD out/file file two",
      "ADD out/link symlink elsewhere",
      "ADD secret dir",
      "ADD secret/file file keep-out",
    ]);
  });

  test("fails rather than follow a link that takes a directory's place during the transfer", async () => {
    await using out = await destination();
    const sender = startReceiver(createDiskTarget({ dir: out.dir }));
    sender.dir("d");
    for (let i = 0; i < 70; i++) sender.dir(`e${i + 10}`); // more than are held open
    sender.stat("z");
    expect(await sender.next()).toBe("REQ 71");
    execFileSync("mv", [`${out.dir}/d`, `${out.dir}/moved`]);
    symlinkSync("../secret", `${out.dir}/d`);
    sender.endOfFile(71);
    sender.endOfStats();

    expect(await sender.next()).toBe(
      `ERR Cannot write d in ${out.dir}: a file or a symbolic link is where a directory is needed`,
    );
    await expect(sender.received).rejects.toMatchObject({ code: "BK_EXPORT_FAILED" });
    expect(await readTree(out.join("secret"))).toEqual(["ADD file file keep-out"]);
  });

  test("makes no hard link to a link that took the file's place", async () => {
    await using out = await destination();
    const sender = startReceiver(createDiskTarget({ dir: out.dir }));
    sender.stat("a", { size: 1n });
    sender.stat("b", { size: 1n, linkname: "a" });
    sender.contents(0, "x");
    await expect.poll(() => readdirSync(out.dir), { timeout: 30_000 }).toEqual(["a"]);
    rmSync(`${out.dir}/a`);
    symlinkSync("../secret/file", `${out.dir}/a`);
    sender.endOfStats();

    expect(await sender.rest()).toEqual(["REQ 0", `ERR Cannot write b in ${out.dir}: a is no file any more`]);
    await expect(sender.received).rejects.toMatchObject({ code: "BK_EXPORT_FAILED" });
    expect(readdirSync(out.dir)).toEqual(["a"]);
  });

  test("leaves old files whole and nothing half-written when it is interrupted", async () => {
    const before = ["ADD big file old-and-whole", "ADD link file old-too", "ADD small file old"];
    await using out = await destination(...before);
    const sender = startReceiver(createDiskTarget({ dir: out.dir }));
    sender.stat("big", { size: 5_000_000n });
    sender.stat("link", { mode: MODE.symlink, linkname: "elsewhere" });
    sender.stat("small", { size: 10n });
    sender.endOfStats();
    expect([await sender.next(), await sender.next()]).toEqual(["REQ 0", "REQ 2"]);
    sender.data(2, "half");
    for (let i = 0; i < 4; i++) sender.data(0, Buffer.alloc(1_000_000));
    await expect.poll(() => readdirSync(out.dir), { timeout: 30_000 }).toHaveLength(4);

    sender.abort.abort(new Error("interrupted"));

    await expect(sender.received).rejects.toThrow("interrupted");
    expect(await readTree(out.dir)).toEqual(before);
  });

  test.runIf(isRoot)(
    "names the file that a full disk has no room for, and removes what it wrote of it",
    async () => {
      await using out = await destination();
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", out.dir]);
      using _mount = { [Symbol.dispose]: () => void execFileSync("umount", [out.dir]) };
      writeFileSync(`${out.dir}/big`, "old-and-whole");
      const sender = startReceiver(createDiskTarget({ dir: out.dir }));
      sender.stat("big", { size: 4_000_000n });
      sender.endOfStats();
      expect(await sender.next()).toBe("REQ 0");

      for (let i = 0; i < 4; i++) sender.data(0, Buffer.alloc(1_000_000));
      sender.endOfFile(0);

      const message = `Cannot write big in ${out.dir}: the disk is full`;
      expect(await sender.next()).toBe(`ERR ${message}`);
      await expect(sender.received).rejects.toMatchObject({
        code: "BK_EXPORT_FAILED",
        message,
        cause: { code: "ENOSPC" },
      });
      expect(await readTree(out.dir)).toEqual(["ADD big file old-and-whole"]);
    },
  );

  test.runIf(isRoot)("names the path, and nothing of how it got there", async () => {
    await using out = await destination("ADD x dir");
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", `${out.dir}/x`]);
    using _mount = { [Symbol.dispose]: () => void execFileSync("umount", [`${out.dir}/x`]) };

    const sender = startReceiver(createDiskTarget({ dir: out.dir }));
    sender.stat("x", { mode: MODE.symlink, linkname: "elsewhere" });
    sender.endOfStats();

    expect(await sender.next()).toBe(`ERR Cannot write x in ${out.dir}: EBUSY: resource busy or locked`);
    await expect(sender.received).rejects.toMatchObject({ cause: { code: "EBUSY" } });
    expect(readdirSync(out.dir)).toEqual(["x"]);
  });

  test("says which destination it cannot write to", async () => {
    await using out = await destination("ADD file file x");

    const sender = startReceiver(createDiskTarget({ dir: `${out.dir}/file` }));

    expect(await sender.next()).toMatch(/^ERR Cannot write .*\/out\/file: /);
    await expect(sender.received).rejects.toMatchObject({ code: "BK_EXPORT_FAILED" });
  });
});

describe("mode=delete", () => {
  leakCheck();

  test("removes what was not sent, without following links", async () => {
    await using out = await destination(
      "ADD gone file",
      "ADD dir/gone file",
      "ADD dir/kept file x",
      "ADD old/deep/er file file",
      "ADD kept file x",
    );
    symlinkSync("../secret", `${out.dir}/link`);
    symlinkSync("../../secret", `${out.dir}/dir/link`);

    await receive(createDiskTarget({ dir: out.dir, delete: true }), (sender) => {
      sender.stat("dir", { mode: MODE.directory + 0o755, modTime: MTIME });
      sender.stat("dir/kept");
      sender.stat("kept");
    });

    expect(await readTree(out.path)).toEqual([
      "ADD out dir",
      "ADD out/dir dir",
      "ADD out/dir/kept file",
      "ADD out/kept file",
      "ADD secret dir",
      "ADD secret/file file keep-out",
    ]);
    expect(statSync(`${out.dir}/dir`, { bigint: true }).mtimeNs / 1000n).toBe(MTIME / 1000n);
  });

  test("removes nothing when the transfer fails, or is empty", async () => {
    await using out = await destination("ADD a file x");
    const failing = startReceiver(createDiskTarget({ dir: out.dir, delete: true }));
    failing.stat("b", { size: 1n });
    failing.endOfStats();
    failing.err("no more");
    const empty = startReceiver(createDiskTarget({ dir: out.dir, delete: true }));
    empty.endOfStats();

    await expect(failing.received).rejects.toThrow("error from sender: no more");
    await expect(empty.received).rejects.toMatchObject({
      code: "BK_EXPORT_FAILED",
      message: expect.stringContaining("empty"),
    });
    expect(await readTree(out.dir)).toEqual(["ADD a file x"]);
  });

  test("is refused for the root, home and working directories and what holds them, by any name", async () => {
    await using out = await destination();
    symlinkSync(process.cwd(), `${out.dir}/link`);
    vi.stubEnv("HOME", out.join("secret"));
    onTestFinished(() => void vi.unstubAllEnvs());

    for (const dir of ["/", ".", "..", process.cwd(), `${out.dir}/link`, out.join("secret"), out.path])
      expect(() => createDiskTarget({ dir, delete: true }), dir).toThrow(
        expect.objectContaining({ code: "BK_EXPORT_FAILED" }),
      );
    expect(() => createDiskTarget({ dir: out.dir, delete: true })).not.toThrow();
    expect(existsSync(out.dir)).toBe(true);
  });

  test("is refused where it cannot be told what would be emptied", async () => {
    await using out = await destination("ADD file file x");

    expect(() => createDiskTarget({ dir: `${out.dir}/file/below`, delete: true })).toThrow(
      expect.objectContaining({
        code: "BK_EXPORT_FAILED",
        cause: expect.objectContaining({ code: "ENOTDIR" }),
      }),
    );
  });
});
