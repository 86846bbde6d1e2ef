// SPDX-License-Identifier: Apache-2.0
import { chmod, rm, writeFile } from "node:fs/promises";
import { Packet_PacketType, PacketSchema } from "@bk/proto/fsutil";
import { leakCheck, type PeerCall, receiveTree, tmpDir, tree } from "@bk/testing";
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { createDiskSource, createFileSync, createMemorySource, type SyncSource } from "../../src/index.js";
import { openSessionPair } from "../helpers/session-pair.js";

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

  test.each(["vanishes", "changes"])(
    "fails, naming the file, when one %s before it is sent",
    async (what) => {
      await using dir = await tree("ADD victim file x");
      await using pair = await shareAs("context", createDiskSource(dir.path));
      const call = pair.peer.call(METHOD, { "dir-name": "context" });
      await nextPacket(call);

      if (what === "vanishes") await rm(dir.join("victim"));
      else await writeFile(dir.join("victim"), "longer than before");
      call.send(PacketSchema, { type: Packet_PacketType.PACKET_REQ, id: 0 });

      await expect(call.status()).resolves.toMatchObject({
        code: 2,
        message: expect.stringContaining("victim"),
      });
      expect(pair.failures).toMatchObject([{ message: expect.stringContaining("victim") }]);
    },
  );

  test("refuses ids that are unknown, asked for twice, or of a directory", async () => {
    await using dir = await tree("ADD dir dir", "ADD file file x");
    for (const ids of [[7], [1, 1], [0]]) {
      await using pair = await shareAs("context", createDiskSource(dir.path));
      const call = pair.peer.call(METHOD, { "dir-name": "context" });
      await nextPacket(call);
      await nextPacket(call);

      for (const id of ids) call.send(PacketSchema, { type: Packet_PacketType.PACKET_REQ, id });

      await expect(call.status()).resolves.toMatchObject({
        message: expect.stringContaining("invalid file id"),
      });
    }
  });

  test("takes 100,000 requests at once", { timeout: 30_000 }, async () => {
    const files = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, "x"]));
    await using pair = await shareAs("context", createMemorySource(files));

    const received = await receiveTree(pair.peer, { dirName: "context" });

    expect(received.size).toBe(100_000);
  });

  test("fails when the daemon gives up, with its reason", async () => {
    await using pair = await shareAs("context", createMemorySource({ a: "x" }));
    const call = pair.peer.call(METHOD, { "dir-name": "context" });
    await nextPacket(call);

    call.send(PacketSchema, { type: Packet_PacketType.PACKET_ERR, data: Buffer.from("disk full") });

    await expect(call.status()).resolves.toMatchObject({ message: expect.stringContaining("disk full") });
  });
});

async function nextPacket(call: PeerCall) {
  const { value } = await call.messages.next();
  return value && fromBinary(PacketSchema, value);
}
