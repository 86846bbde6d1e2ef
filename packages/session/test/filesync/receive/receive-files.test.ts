// SPDX-License-Identifier: Apache-2.0
import { leakCheck, waitUntil } from "@bk/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createMemoryTarget, MODE, type Target } from "../../../src/filesync/index.js";
import { deferred } from "../../helpers/deferred.js";
import { type ScriptedSender, startReceiver } from "./scripted-sender.js";

type Script = (sender: ScriptedSender) => void;

const long = "n".repeat(256);

describe("receiveFiles()", () => {
  leakCheck();

  test("asks for every regular file, and confirms when all contents are here", async () => {
    const target = createMemoryTarget();
    const sender = startReceiver(target);

    sender.stat("a", { size: 3n });
    sender.dir("d");
    sender.stat("d/empty");
    sender.endOfStats();
    expect([await sender.next(), await sender.next()]).toEqual(["REQ 0", "REQ 2"]);
    sender.endOfFile(2);
    sender.contents(0, "abc");
    expect(await sender.next()).toBe("FIN");
    sender.fin();

    await expect(sender.received).resolves.toEqual({ files: 2, bytes: 3, skipped: [] });
    expect(target.entries().map(({ stat, content }) => [stat.path, content?.toString()])).toEqual([
      ["d", undefined],
      ["d/empty", ""],
      ["a", "abc"],
    ]);
  });

  test("makes a hard link only when the contents of its file are here", async () => {
    const target = createMemoryTarget();
    const sender = startReceiver(target);

    sender.stat("a", { size: 1n });
    sender.stat("b", { size: 1n, linkname: "a" });
    sender.endOfStats();
    sender.contents(0, "x");
    expect(await sender.rest()).toEqual(["REQ 0", "FIN"]);
    sender.fin();

    await sender.received;
    const [a, b] = target.entries();
    expect(b?.stat.path).toBe("b");
    expect(b?.content).toBe(a?.content);
  });

  test("keeps a bounded number of requests open, and asks for the next as files come", async () => {
    const sender = startReceiver();
    for (let id = 0; id < 1000; id++) sender.stat(String(id).padStart(4, "0"));
    sender.endOfStats();
    for (let id = 0; id < 512; id++) expect(await sender.next()).toBe(`REQ ${id}`);

    const next = sender.next();
    let asked = false;
    void next.then(() => (asked = true));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(false);
    sender.endOfFile(7);

    expect(await next).toBe("REQ 512");
    sender.abort.abort(new Error("enough"));
    await expect(sender.received).rejects.toThrow("enough");
  });

  test.each<readonly [string, string, string]>([
    ["..", "the directory above", "escape check ..: invalid argument"],
    ["../x", "in the directory above", "escape check ../x: invalid argument"],
    ["a/../../x", "above by a detour", "unclean path a/../../x: invalid argument"],
    ["/x", "absolute", "absolute path /x: invalid argument"],
    ["", "empty", "unclean path : invalid argument"],
    [".", "the root itself", "statat .: invalid argument"],
    ["a//b", "not clean", "unclean path a//b: invalid argument"],
    ["a/", "not clean", "unclean path a/: invalid argument"],
    ["a\0b", "with a NUL", "statat a\0b: invalid argument"],
    [long, "with a long name", `statat ${long}: file name too long`],
    ["d/f", "without its directory", 'changes out of order: "d/f" ""'],
  ])("refuses the path %j (%s)", async (path, _, text) => {
    const target = createMemoryTarget();
    const sender = startReceiver(target);

    // An end without descriptions would be a success: an empty path must not be taken for it.
    sender.stat(path, { mode: 0o600 });

    expect(await sender.rest()).toEqual([`ERR ${text}`]);
    await expect(sender.received).rejects.toMatchObject({ code: "BK_PROTOCOL", message: text });
    expect(target.entries()).toEqual([]);
  });

  test("refuses paths out of order, twice, below a file, and back in a directory that was left", async () => {
    const texts: unknown[] = [];
    for (const paths of [
      ["b", "a"],
      ["a", "a"],
      ["f", "f/x"],
      ["a/", "a/x", "b/", "a/y"],
      ["a-b/", "a/"],
    ]) {
      const sender = startReceiver();
      for (const path of paths) path.endsWith("/") ? sender.dir(path.slice(0, -1)) : sender.stat(path);
      texts.push((await sender.rest()).at(-1));
    }

    expect(texts).toEqual([
      'ERR changes out of order: "a" "b"',
      'ERR changes out of order: "a" "a"',
      'ERR changes out of order: "f/x" "f"',
      'ERR changes out of order: "a/y" "b"',
      'ERR changes out of order: "a" "a-b"',
    ]);
  });

  test.each([
    ["what was not sent", () => {}],
    ["a directory", (sender: ScriptedSender) => sender.dir("a")],
    [
      "a symbolic link",
      (sender) => sender.stat("a", { mode: MODE.symlink + 0o777, linkname: "/etc/passwd" }),
    ],
    ["a named pipe", (sender) => sender.stat("a", { mode: MODE.namedPipe + 0o644 })],
  ] satisfies [string, Script][])("refuses a hard link to %s", async (_, send) => {
    const sender = startReceiver();

    send(sender);
    sender.stat("b", { linkname: "a" });

    expect(await sender.rest()).toEqual(['ERR invalid link b to unknown path: "a"']);
  });

  test("refuses contents that it did not ask for, after their end, too many and too few", async () => {
    const texts: unknown[] = [];
    const scripts: Script[] = [
      (sender) => sender.data(9, "x"),
      (sender) => {
        sender.contents(0, "abc");
        sender.data(0, "d");
      },
      (sender) => sender.data(0, "abcd"),
      (sender) => sender.contents(0, "ab"),
      (sender) => sender.contents(1, "contents of a directory"),
    ];
    for (const script of scripts) {
      const sender = startReceiver();
      sender.stat("a", { size: 3n });
      sender.dir("b");
      script(sender);
      texts.push((await sender.rest()).at(-1));
    }

    expect(texts).toEqual([
      "ERR invalid file request 9",
      "ERR invalid file request 0",
      "ERR more data of a than described: 4 of 3 bytes",
      "ERR less data of a than described: 2 of 3 bytes",
      "ERR invalid file request 1",
    ]);
  });

  test("refuses a description after the end of them, a second end, an early FIN, and bytes that are no packet", async () => {
    const texts: unknown[] = [];
    const scripts: Script[] = [
      (sender) => {
        sender.endOfStats();
        sender.stat("b");
      },
      (sender) => {
        sender.endOfStats();
        sender.endOfStats();
      },
      (sender) => sender.fin(),
      (sender) => sender.bytes(Buffer.from([0x12, 200])),
      (sender) => sender.stat("s", { mode: MODE.socket + 0o644 }),
      (sender) => sender.err("the disk is gone"),
    ];
    for (const script of scripts) {
      const sender = startReceiver();
      sender.stat("a");
      script(sender);
      texts.push((await sender.rest()).at(-1));
    }

    expect(texts).toEqual([
      "ERR b was described after the end of the descriptions",
      "ERR the descriptions ended twice",
      "ERR the sender said that it was done before it was",
      expect.stringContaining("malformed"),
      "ERR invalid file request s",
      "ERR error from sender: the disk is gone",
    ]);
  });

  test("holds a sender to the limits on entries, paths, bytes, and what it must hold in memory", async () => {
    const texts: unknown[] = [];
    const scripts: Script[] = [
      (sender) => {
        sender.dir("a");
        sender.dir("b");
        sender.dir("c");
      },
      (sender) => {
        sender.stat("a", { size: 60n });
        sender.stat("b", { size: 41n });
      },
      (sender) => sender.stat("a", { size: -1n }),
      (sender) => {
        sender.dir("abcdefgh");
        sender.dir("abcdefgh/ijklmno");
      },
      (sender) => sender.stat("l", { mode: MODE.symlink, linkname: "x".repeat(13) }),
      (sender) => {
        sender.stat("a", { xattrs: { "user.x": Buffer.alloc(20) } });
        sender.stat("b", { mode: MODE.symlink, linkname: "ccccccc" });
      },
    ];
    for (const script of scripts) {
      const limits = { entries: 2, totalBytes: 100, pathBytes: 12, metadataBytes: 40 };
      const sender = startReceiver(createMemoryTarget(), limits);
      script(sender);
      texts.push((await sender.rest()).at(-1));
    }

    expect(texts).toEqual([
      "ERR more than 2 entries",
      "ERR more than 100 bytes",
      "ERR invalid size -1 of a",
      "ERR statat ijklmno: file name too long",
      "ERR the link target of l is too long",
      "ERR more than 40 bytes of paths and extended attributes",
    ]);
  });

  test("refuses to hold more than 64 unfinished files", async () => {
    const sender = startReceiver();
    for (let id = 0; id < 65; id++) sender.stat(String(id).padStart(2, "0"), { size: 2n });
    sender.endOfStats();
    while ((await sender.next()) !== "REQ 64");

    for (let id = 0; id < 65; id++) sender.data(id, "x");

    expect(await sender.rest()).toEqual(["ERR more than 64 files at a time"]);
  });

  test("reports EOF when the sender ends early, and what it is aborted with", async () => {
    const early = startReceiver();
    early.stat("a");
    early.end();
    const withoutFin = startReceiver();
    withoutFin.endOfStats();
    withoutFin.end();
    const aborted = startReceiver();
    aborted.abort.abort(new Error("no longer wanted"));
    const broken = startReceiver();
    broken.destroy();

    expect(await early.rest()).toEqual(["REQ 0", "ERR EOF"]);
    expect(await withoutFin.rest()).toEqual(["FIN"]); // it has no more to say after that
    await expect(early.received).rejects.toMatchObject({ code: "BK_PROTOCOL", message: "EOF" });
    await expect(withoutFin.received).rejects.toMatchObject({ message: "EOF" });
    await expect(aborted.received).rejects.toThrow("no longer wanted");
    expect(await aborted.rest()).toEqual(["ERR context canceled"]);
    await expect(broken.received).rejects.toMatchObject({ code: "BK_SESSION_LOST" });
  });

  test("holds no more of a packet than its contents, and no more than was described", async () => {
    const held: number[] = [];
    const memory = createMemoryTarget();
    const target: Target = {
      ...memory,
      addFile: (_, content) => void held.push(content.buffer.byteLength),
      openFile: () => ({
        write: (chunk) => void held.push(chunk.buffer.byteLength),
        finish: async () => {},
        discard: async () => {},
      }),
    };
    const sender = startReceiver(target);
    sender.stat("large", { size: 70_000n });
    sender.stat("small", { size: 8000n });
    sender.endOfStats();
    expect([await sender.next(), await sender.next()]).toEqual(["REQ 0", "REQ 1"]);
    sender.paddedData(0, Buffer.alloc(1000), 100_000);
    sender.data(0, Buffer.alloc(69_000));
    sender.endOfFile(0);
    sender.paddedData(1, Buffer.alloc(4000), 100_000);
    sender.paddedData(1, Buffer.alloc(4000), 100_000);
    sender.endOfFile(1);
    expect(await sender.next()).toBe("FIN");
    sender.fin();

    await sender.received;
    expect(held[0]).toBe(1000);
    expect(held[1]).toBeLessThan(140_000);
    expect(held[2]).toBeLessThanOrEqual(8192); // perhaps in a pool of Node's
  });

  test("has succeeded when the sender resets the stream instead of confirming", async () => {
    const sender = startReceiver();
    sender.endOfStats();
    expect(await sender.next()).toBe("FIN");

    sender.destroy();

    await expect(sender.received).resolves.toMatchObject({ files: 0 });
  });

  test("does not wait for a confirmation for ever", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const sender = startReceiver();
    sender.endOfStats();
    expect(await sender.next()).toBe("FIN");
    await waitUntil(() => vi.getTimerCount() === 1);

    vi.advanceTimersByTime(30_000);

    await expect(sender.received).rejects.toMatchObject({
      code: "BK_PROTOCOL",
      message: "The sender did not confirm the end of the transfer in 30 s",
    });
  });

  test("counts what it has not looked at yet by the length of the whole packets", async () => {
    const slow = deferred();
    const target: Target = { ...createMemoryTarget(), addDirectory: () => slow.promise };
    const sender = startReceiver(target);
    sender.dir("a");
    for (let i = 0; i < 8; i++) sender.stat(`b${i}`, { xattrs: { "user.x": Buffer.alloc(1 << 20) } });
    await new Promise((resolve) => sender.peer.write("", resolve));
    await new Promise((resolve) => setImmediate(resolve));

    expect(sender.stream.isPaused()).toBe(true);
    expect(sender.stream.readableLength).toBeGreaterThan(4 << 20);

    sender.abort.abort(new Error("enough"));
    slow.resolve();
    await expect(sender.received).rejects.toThrow("enough");
  });

  test("takes no more from the stream than it can hold while the target is slow", async () => {
    const slow = deferred();
    const memory = createMemoryTarget();
    const target: Target = { ...memory, addDirectory: () => slow.promise };
    const sender = startReceiver(target);
    sender.dir("a");
    sender.stat("b", { size: 64n << 20n });
    sender.endOfStats();
    for (let i = 0; i < 64; i++) sender.data(1, Buffer.alloc(1 << 20));
    sender.endOfFile(1);
    await new Promise((resolve) => sender.peer.write("", resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sender.stream.isPaused()).toBe(true);
    expect(sender.stream.readableLength).toBeGreaterThan(48 << 20);

    slow.resolve();
    expect(await sender.rest()).toEqual(["REQ 1", "FIN"]);
    sender.fin();
    await expect(sender.received).resolves.toMatchObject({ bytes: 64 << 20 });
  });
});
