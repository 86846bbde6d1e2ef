// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Packet, Packet_PacketType } from "@bk/proto/fsutil";
import { leakCheck, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createDiskSource, createMemorySource, type SyncSource } from "../../../src/index.js";
import { openSyncCall, type SyncCall } from "../../helpers/sync-call.js";

const small = createMemorySource({ a: "x", "dir/b": "y" });

/** Reads up to the end of the descriptions, as a receiver does that wants to know all before it asks. */
async function takeStats(sync: SyncCall): Promise<readonly string[]> {
  const paths: string[] = [];
  for (;;) {
    const packet = await sync.next();
    if (packet?.type !== Packet_PacketType.PACKET_STAT || !packet.stat) return paths;
    paths.push(packet.stat.path);
  }
}

function types(packets: readonly Packet[]): readonly string[] {
  return packets.map(({ type }) => Packet_PacketType[type].replace("PACKET_", ""));
}

describe("a receiver that misbehaves", () => {
  leakCheck();

  test.each([
    ["for an unknown id", [7], "invalid file id 7"],
    ["twice for the same file", [0, 0], "invalid file id 0"],
    ["for a directory", [1], "invalid file id 1"],
    ["for the largest id there is", [2 ** 32 - 1], "invalid file id 4294967295"],
  ])(
    "by asking %s fails the call with the reference's text, and gets no ERR packet",
    async (_, ids, text) => {
      await using sync = await openSyncCall(small);
      await takeStats(sync);

      for (const id of ids) sync.request(id);

      expect(types(await sync.rest())).not.toContain("ERR");
      await expect(sync.call.status()).resolves.toMatchObject({
        code: 2,
        message: expect.stringContaining(text),
      });
      expect(await sync.pair.failed).toMatchObject({
        code: "BK_PROTOCOL",
        message: `The daemon asked for a file of the directory "context" that it was not offered, or asked twice: ${text}`,
        cause: { code: "BK_PROTOCOL", message: text },
      });
    },
  );

  test("by ending the stream before it is done fails the call", async () => {
    await using sync = await openSyncCall(small);
    await takeStats(sync);

    sync.call.endRequests();

    expect(await sync.rest()).toEqual([]);
    expect(await sync.pair.failed).toMatchObject({
      message: 'The daemon ended the transfer of the directory "context" before it had everything',
      cause: { message: "EOF" },
    });
  });

  test("by sending what is no packet fails the call", async () => {
    await using sync = await openSyncCall(small);

    sync.call.sendBytes(Buffer.from([0x22, 0x7f]));

    expect(await sync.pair.failed).toMatchObject({
      code: "BK_PROTOCOL",
      message: 'The transfer of the directory "context" failed: The daemon sent a malformed file sync packet',
    });
  });

  test("by asking on after it was done is not heard", async () => {
    await using sync = await openSyncCall(small);
    await takeStats(sync);

    sync.finish();
    sync.request(7);

    expect(types(await sync.rest())).toEqual(["FIN"]);
    await expect(sync.call.status()).resolves.toMatchObject({ code: 0 });
  });

  test("by 100,000 requests at once gets all that it asked for", { timeout: 30_000 }, async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => [`f${index}`, "x"] as const);
    await using sync = await openSyncCall(createMemorySource(Object.fromEntries(names)));
    const paths = await takeStats(sync);

    for (const id of paths.keys()) sync.request(id);
    sync.finish();

    const received = await sync.rest();
    expect(received).toHaveLength(200_001); // data, and the end of each file, and FIN
    await expect(sync.pair.peer.checkHealth()).resolves.toBe(1);
  });
});

describe("a receiver that gives up", () => {
  leakCheck();

  test("fails the call with its reason, and gets no ERR packet in return", async () => {
    await using sync = await openSyncCall(small);
    await takeStats(sync);

    sync.giveUp("disk full");

    expect(await sync.rest()).toEqual([]);
    expect(await sync.pair.failed).toMatchObject({
      code: "BK_PROTOCOL",
      message: 'The daemon stopped the transfer of the directory "context": disk full',
      cause: { message: "error from receiver: disk full" },
    });
  });

  test("cannot write into a terminal through its reason", async () => {
    await using sync = await openSyncCall(small);

    sync.giveUp("\u001b]0;owned\u0007\r\ndisk full");

    expect((await sync.pair.failed).message).toMatch(/: {2}\]0;owned disk full$/);
  });

  test.each([
    ["while files are described", manyFiles, () => {}],
    ["while a large file is sent", largeFile, (sync: SyncCall) => sync.request(0)],
    ["while small files are sent", mediumFiles, askForAll],
  ])("is heard at once although it has stopped reading %s", async (_, source, ask) => {
    const watched = watch(source());
    await using sync = await openSyncCall(watched.source);
    await sync.next();
    ask(sync);
    await stopReading(sync, watched.asked);

    sync.giveUp("disk full");

    await expect(sync.pair.failed).resolves.toMatchObject({ message: expect.stringContaining("disk full") });
    expect(sync.call.stream.closed).toBe(false);
  });
});

describe("what fails on this side", () => {
  leakCheck();

  test.each([
    ["vanishes", "Cannot read victim", (path: string) => rm(path)],
    ["changes", "victim changed its size", (path: string) => writeFile(path, "longer than before")],
  ])("a file that %s after it was described is told in an ERR packet", async (_, text, change) => {
    await using dir = await tree("ADD victim file x");
    await using sync = await openSyncCall(createDiskSource(dir.path));
    await takeStats(sync);

    await change(dir.join("victim"));
    sync.request(0);

    const [error] = await sync.rest();
    expect(error?.type).toBe(Packet_PacketType.PACKET_ERR);
    expect(Buffer.from(error?.data ?? []).toString()).toContain(text);
    expect(await sync.pair.failed).toMatchObject({ message: expect.stringContaining(text) });
  });

  test.each([
    ["small", "x"],
    ["large", "x".repeat(100_000)],
  ])("a %s file that changes while it is read is told in an ERR packet", async (_, content) => {
    await using dir = await tree();
    await writeFile(dir.join("victim"), content);
    const disk = createDiskSource(dir.path);
    const growing: SyncSource = {
      ...disk,
      open(stat) {
        const file = disk.open(stat);
        const grow = <T>(count: T): T => {
          appendFileSync(dir.join("victim"), "more");
          return count;
        };
        return {
          ...file,
          readSync: (...at) => grow(file.readSync(...at)),
          read: async (...at) => grow(await file.read(...at)),
        };
      },
    };
    await using sync = await openSyncCall(growing);
    await takeStats(sync);

    sync.request(0);

    expect(types(await sync.rest()).at(-1)).toBe("ERR");
    expect(await sync.pair.failed).toMatchObject({ code: "BK_CONTEXT_CHANGED" });
  });

  test("a file that was empty and has grown is not sent as empty", async () => {
    await using dir = await tree("ADD victim file");
    await using sync = await openSyncCall(createDiskSource(dir.path));
    await takeStats(sync);

    await writeFile(dir.join("victim"), "no longer");
    sync.request(0);

    expect(types(await sync.rest())).toEqual(["ERR"]);
    expect(await sync.pair.failed).toMatchObject({
      code: "BK_CONTEXT_CHANGED",
      message: expect.stringContaining("victim changed its size from 0 to 9 bytes"),
    });
  });
});

function manyFiles(): SyncSource {
  const names = Array.from({ length: 20_000 }, (_, index) => [`${index}-${"n".repeat(100)}`, ""] as const);
  return createMemorySource(Object.fromEntries(names));
}

function largeFile(): SyncSource {
  return createMemorySource({ large: Buffer.alloc(32 << 20) });
}

function mediumFiles(): SyncSource {
  const content = Buffer.alloc(32 << 10);
  const names = Array.from({ length: 1_000 }, (_, index) => [`f${index}`, content] as const);
  return createMemorySource(Object.fromEntries(names));
}

function askForAll(sync: SyncCall): void {
  for (let id = 0; id < 1_000; id++) sync.request(id);
}

/** The source, and how often it was asked for more. */
function watch(source: SyncSource): { readonly source: SyncSource; asked(): number } {
  let asked = 0;
  const watched: SyncSource = {
    ...source,
    async *walk(...args) {
      for await (const batch of source.walk(...args)) {
        asked++;
        yield batch;
      }
    },
    open(stat) {
      asked++;
      return source.open(stat);
    },
  };
  return { source: watched, asked: () => asked };
}

/** Stops reading, and waits until the session waits for that to change. */
async function stopReading({ pair, call }: SyncCall, asked: () => number): Promise<void> {
  const { http2 } = pair.peer;
  const ping = promisify(http2.ping.bind(http2));
  call.stream.pause();
  // Each answer takes turns of the event loop, in which a session that could send would go on.
  for (let quiet = 0; quiet < 3; ) {
    const before = asked();
    await ping();
    quiet = asked() === before ? quiet + 1 : 0;
  }
}
