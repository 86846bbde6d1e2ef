// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AbortRequestSchema, StatusRequestSchema, StatusResponseSchema } from "@bk/proto/content";
import { leakCheck, type TmpDir, tmpDir } from "@bk/testing";
import { fromBinary } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { createContentStores, openExportStore } from "../../src/index.js";
import { openSessionPair, type SessionPair } from "../helpers/session-pair.js";
import { contentPath, openWrite, sha256, storeHeader } from "./content-peer.js";

const run = promisify(execFile);
const HELLO = sha256("hello");
const blobFile = (digest: string) => join("blobs", ...digest.split(":"));

interface Opened extends AsyncDisposable {
  readonly dir: TmpDir;
  readonly pair: SessionPair;
  files(name: string): Promise<readonly string[]>;
}

/** A daemon that may export to a directory. */
async function openExport(given?: string): Promise<Opened> {
  const dir = await tmpDir();
  const path = given ?? dir.path;
  const store = await openExportStore(path);
  const pair = await openSessionPair(createContentStores(new Map([["export", store]])));
  return {
    dir,
    pair,
    files: (name) => readdir(join(path, name)).catch(() => []),
    async [Symbol.asyncDispose]() {
      await pair[Symbol.asyncDispose]();
      await store.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

describe("Content/Write", () => {
  leakCheck();

  test("makes a blob of what the daemon sends, whole and read-only", async () => {
    await using opened = await openExport();
    const write = openWrite(opened.pair);

    await expect(write.stat({ total: 5n, expected: HELLO })).resolves.toMatchObject({
      offset: 0n,
      total: 5n,
    });
    await expect(write.write("hel")).resolves.toMatchObject({ offset: 3n });
    await expect(write.write("lo", 3)).resolves.toMatchObject({ offset: 5n });
    await expect(write.commit({ total: 5n, expected: HELLO, offset: 5n })).resolves.toMatchObject({
      offset: 5n,
      digest: HELLO,
    });

    await expect(write.status()).resolves.toMatchObject({ code: 0 });
    const path = opened.dir.join(blobFile(HELLO));
    await expect(readFile(path, "utf8")).resolves.toBe("hello");
    expect((await stat(path)).mode & 0o222).toBe(0);
    await expect(opened.files("ingest")).resolves.toEqual([]);
  });

  test("takes a blob that is larger than a slice of work, and one without bytes", async () => {
    await using opened = await openExport();
    const large = randomBytes(5 << 20);
    const first = openWrite(opened.pair);
    await first.stat({ total: BigInt(large.length), expected: sha256(large) });
    await first.write(large);
    await first.commit({ offset: BigInt(large.length) });
    const second = openWrite(opened.pair);
    await second.stat({ expected: sha256("") });
    await second.commit();

    expect((await readFile(opened.dir.join(blobFile(sha256(large))))).equals(large)).toBe(true);
    await expect(readFile(opened.dir.join(blobFile(sha256(""))), "utf8")).resolves.toBe("");
  });

  test("has nothing made before the daemon sends something", async () => {
    await using dir = await tmpDir();
    await using _opened = await openExport(dir.join("export"));
    await expect(readdir(dir.path)).resolves.toEqual([]);
  });

  test("goes on where an earlier call stopped", async () => {
    await using opened = await openExport();
    const first = openWrite(opened.pair);
    await first.stat({ total: 5n, expected: HELLO });
    await first.write("hel");
    await first.end();

    const second = openWrite(opened.pair);
    await expect(second.stat({ total: 5n, expected: HELLO })).resolves.toMatchObject({ offset: 3n });
    await second.write("lo", 3);
    await expect(second.commit({ offset: 5n })).resolves.toMatchObject({ digest: HELLO });
  });

  test("begins again when the daemon does", async () => {
    await using opened = await openExport();
    const first = openWrite(opened.pair);
    await first.stat({ total: 5n });
    await first.write("xyz");
    await first.end();

    const second = openWrite(opened.pair);
    await second.stat({ total: 5n });
    await expect(second.write("hello")).resolves.toMatchObject({ offset: 5n });
    await expect(second.commit({ offset: 5n, expected: HELLO })).resolves.toMatchObject({ digest: HELLO });
  });

  test("takes sha512, even when only the commit says so", async () => {
    await using opened = await openExport();
    const digest = `sha512:${createHash("sha512").update("hello").digest("hex")}`;
    const write = openWrite(opened.pair);
    await write.stat({});
    await write.write("hello");
    await expect(write.commit({ offset: 5n, expected: digest })).resolves.toMatchObject({ digest });
    await expect(readFile(opened.dir.join(blobFile(digest)), "utf8")).resolves.toBe("hello");
  });

  test.each([
    { name: "at the wrong offset", step: { action: 1, offset: 7n, data: Buffer.from("x") }, code: 11 },
    { name: "beyond the announced size", step: { action: 1, data: Buffer.from("hello!") }, code: 11 },
    { name: "at a negative offset", step: { action: 1, offset: -1n, data: Buffer.from("x") }, code: 3 },
    { name: "with an unknown action", step: { action: 9 as never }, code: 3 },
  ])("refuses to write $name, and the call can be made again", async ({ step, code }) => {
    await using opened = await openExport();
    const write = openWrite(opened.pair);
    await write.stat({ total: 5n, expected: HELLO });
    await write.ask(step);
    await expect(write.status()).resolves.toMatchObject({ code });

    const again = openWrite(opened.pair);
    await again.stat({ total: 5n, expected: HELLO });
    await again.write("hello");
    await expect(again.commit({ offset: 5n })).resolves.toMatchObject({ digest: HELLO });
    expect(opened.pair.failures).toEqual([]);
  });

  test.each([
    { name: "another digest", total: 5n, data: "HELLO" },
    { name: "too few bytes", total: 6n, data: "hello" },
  ])("keeps nothing that has $name, and fails the session", async ({ total, data }) => {
    await using opened = await openExport();
    const write = openWrite(opened.pair);
    await write.stat({ total, expected: HELLO });
    await write.write(data);
    await write.commit({ offset: 5n, expected: HELLO });

    await expect(write.status()).resolves.toMatchObject({ code: 9, message: expect.stringContaining(HELLO) });
    expect(opened.pair.failures).toMatchObject([{ code: "BK_DIGEST_MISMATCH" }]);
    await expect(opened.files("blobs/sha256")).resolves.toEqual([]);
    await expect(opened.files("ingest")).resolves.toEqual([]);
  });

  test("says that a blob is there, which the daemon takes as success", async () => {
    await using opened = await openExport();
    await mkdir(opened.dir.join("blobs/sha256"), { recursive: true });
    await writeFile(opened.dir.join(blobFile(HELLO)), "hello");
    const write = openWrite(opened.pair);
    await write.stat({ total: 5n, expected: HELLO });
    await expect(write.status()).resolves.toMatchObject({ code: 6 });
    expect(opened.pair.failures).toEqual([]);
  });

  test("replaces a blob that was cut short", async () => {
    await using opened = await openExport();
    await mkdir(opened.dir.join("blobs/sha256"), { recursive: true });
    await writeFile(opened.dir.join(blobFile(HELLO)), "he");
    const write = openWrite(opened.pair);
    await write.stat({ total: 5n, expected: HELLO });
    await write.write("hello");
    await write.commit({ offset: 5n });
    await expect(readFile(opened.dir.join(blobFile(HELLO)), "utf8")).resolves.toBe("hello");
  });

  test("lets one call write an ingest at a time; the daemon tries again", async () => {
    await using opened = await openExport();
    const first = openWrite(opened.pair);
    await first.stat({});
    const second = openWrite(opened.pair);
    await second.stat({});
    await expect(second.status()).resolves.toMatchObject({ code: 14 });
    await first.end();
    await expect(openWrite(opened.pair).stat({})).resolves.toMatchObject({ offset: 0n });
  });

  test("lets two exports write the same blobs to one directory", async () => {
    await using one = await openExport();
    await using two = await openExport(one.dir.path);
    const writes = [openWrite(one.pair), openWrite(two.pair)] as const;
    for (const write of writes) {
      await write.stat({ total: 5n, expected: HELLO });
      await write.write("hello");
    }
    await expect(writes[0].commit({ offset: 5n })).resolves.toMatchObject({ digest: HELLO });
    await writes[1].commit({ offset: 5n });
    await expect(writes[1].status()).resolves.toMatchObject({ code: 6 });
    await expect(readFile(one.dir.join(blobFile(HELLO)), "utf8")).resolves.toBe("hello");
    await expect(one.files("ingest")).resolves.toEqual([]);
  });

  test("tells how far an ingest is, and drops it", async () => {
    await using opened = await openExport();
    const { peer } = opened.pair;
    const write = openWrite(opened.pair);
    await write.stat({ total: 5n });
    await write.write("hel");
    await write.end();

    const call = (method: string) => peer.call(contentPath(method), storeHeader("export"));
    const status = call("Status");
    status.send(StatusRequestSchema, { ref: "ref" });
    const { value } = await status.messages.next();
    expect(fromBinary(StatusResponseSchema, value as Buffer).status).toMatchObject({ offset: 3n, total: 5n });

    const abort = call("Abort");
    abort.send(AbortRequestSchema, { ref: "ref" });
    expect(fromBinary(EmptySchema, (await abort.messages.next()).value as Buffer)).toMatchObject({});
    await expect(abort.status()).resolves.toMatchObject({ code: 0 });
    await expect(opened.files("ingest")).resolves.toEqual([]);

    const again = call("Abort");
    again.send(AbortRequestSchema, { ref: "ref" });
    await expect(again.status()).resolves.toMatchObject({ code: 5 });
  });

  test("removes what a build left a day ago that was killed, and nothing else", async () => {
    await using opened = await openExport();
    await mkdir(opened.dir.join("ingest"));
    const name = (letter: string) => `${letter.repeat(64)}.${letter.repeat(16)}`;
    for (const file of [name("a"), name("b"), "other"]) await writeFile(opened.dir.join("ingest", file), "");
    const dayAgo = new Date(Date.now() - 25 * 3600 * 1000);
    for (const file of [name("a"), "other"]) await utimes(opened.dir.join("ingest", file), dayAgo, dayAgo);

    const write = openWrite(opened.pair);
    await write.stat({ expected: HELLO });
    await write.write("hello");
    await write.commit({ offset: 5n });

    expect((await opened.files("ingest")).toSorted()).toEqual([name("b"), "other"]);
  });

  test("leaves nothing of an ingest when the store is closed", async () => {
    await using dir = await tmpDir();
    await using store = await openExportStore(dir.path);
    await using pair = await openSessionPair(createContentStores(new Map([["export", store]])));
    const write = openWrite(pair);
    await write.stat({});
    await write.write("hello");
    await write.end();
    await expect(readdir(dir.join("ingest"))).resolves.toHaveLength(1);
    await store.close();
    await expect(readdir(dir.join("ingest"))).resolves.toEqual([]);
  });

  test.each([
    { name: "no ingest", request: { ref: "" } },
    { name: "a digest with a path in it", request: { expected: "sha256:../../../etc/passwd" } },
    { name: "an algorithm with a path in it", request: { expected: `../x:${"a".repeat(64)}` } },
    { name: "an unknown algorithm", request: { expected: `md5:${"a".repeat(32)}` } },
    { name: "upper case", request: { expected: HELLO.toUpperCase().replace("SHA", "sha") } },
    { name: "a negative size", request: { total: -1n } },
  ])("refuses a request that names $name", async ({ request }) => {
    await using opened = await openExport();
    const write = openWrite(opened.pair);
    await write.stat(request);
    await expect(write.status()).resolves.toMatchObject({ code: 3 });
    await expect(readdir(opened.dir.path)).resolves.toEqual([]);
  });

  test("makes no path of the names that a daemon gives", async () => {
    await using opened = await openExport();
    const write = openWrite(opened.pair);
    await write.stat({ ref: "../../../../tmp/bk-escaped/\0" });
    await expect(opened.files("ingest")).resolves.toEqual([
      expect.stringMatching(/^[0-9a-f]{64}\.[0-9a-f]{16}$/),
    ]);
  });

  test("refuses bytes that are no request", async () => {
    await using opened = await openExport();
    const { call, status } = openWrite(opened.pair);
    call.sendBytes(Buffer.from([0x0a, 0xff, 0xff]));
    await expect(status()).resolves.toMatchObject({ code: 2 });
    expect(opened.pair.failures).toMatchObject([{ code: "BK_PROTOCOL" }]);
  });

  test("holds no more than 64 ingests at a time", async () => {
    await using opened = await openExport();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => openWrite(opened.pair).stat({ ref: `${n}` })),
    );
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(64);
    await expect(opened.files("ingest")).resolves.toHaveLength(64);
  });

  test("drops ingests that nobody goes on with when others need the room", async () => {
    await using opened = await openExport();
    for (let n = 0; n < 70; n++) {
      const write = openWrite(opened.pair);
      await write.stat({ ref: `${n}` });
      await write.end();
    }
    await expect(opened.files("ingest")).resolves.toHaveLength(64);
    expect(opened.pair.failures).toEqual([]);
  });

  test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
    "fails the session when the disk is full, and leaves nothing on it",
    async () => {
      await using mountPoint = await tmpDir();
      await run("mount", ["-t", "tmpfs", "-o", "size=1m", "none", mountPoint.path]);
      try {
        await using opened = await openExport(mountPoint.join("export"));
        const write = openWrite(opened.pair);
        await write.stat({});
        await write.write(randomBytes(2 << 20));

        await expect(write.status()).resolves.toMatchObject({ code: 2 });
        expect(opened.pair.failures).toMatchObject([
          { code: "BK_STORE_FAILED", message: expect.stringContaining("the disk is full") },
        ]);
        await expect(opened.files("ingest")).resolves.toEqual([]);
      } finally {
        await run("umount", [mountPoint.path]);
      }
    },
  );

  test("tells the daemon alone of what goes wrong in a store that the build can do without", async () => {
    await using dir = await tmpDir();
    await using store = await openExportStore(dir.join("cache"), { optional: true });
    await using pair = await openSessionPair(createContentStores(new Map([["export", store]])));
    await writeFile(dir.join("cache"), "in the way");
    const write = openWrite(pair);
    await write.stat({});
    await expect(write.status()).resolves.toMatchObject({
      code: 2,
      message: expect.stringContaining("cache"),
    });
    expect(pair.failures).toEqual([]);
  });

  test("names what is in the way of the directory", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "");
    await expect(openExportStore(dir.join("file"))).rejects.toMatchObject({
      code: "BK_STORE_FAILED",
      message: expect.stringContaining(dir.join("file")),
    });
  });
});
