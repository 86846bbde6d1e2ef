// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Duplex } from "node:stream";
import { Packet_PacketType, PacketSchema, StatSchema } from "@bk/proto/fsutil";
import { encodeFrame, leakCheck, readTree, tmpDir, writeTree } from "@bk/testing";
import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createDiskTarget,
  createMemorySource,
  createMemoryTarget,
  isDirectory,
  isSymlink,
  type MemoryEntry,
  MODE,
  receiveFiles,
  type SyncSource,
  sendFiles,
  type Target,
} from "../../../src/filesync/index.js";
import { splitPair } from "../../helpers/split-pair.js";

const name = fc.constantFrom("a", "b", "a-b", "a.b", "é", "\u{1f4be}", "Z", "0");
const content = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 60_000, max: 700_000 }).map((length) => new Uint8Array(length).fill(length)),
);
const entry: fc.Arbitrary<MemoryEntry> = fc.oneof(
  { weight: 4, arbitrary: content },
  { weight: 1, arbitrary: name.map((symlink) => ({ symlink })) },
  {
    weight: 1,
    arbitrary: fc.record({ content: fc.constant("x"), mode: fc.integer({ min: 0o400, max: 0o777 }) }),
  },
);
/** Files by path; no path goes below another one that is a file. */
const files = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), entry), { maxLength: 12 })
  .map((entries) => {
    const byPath = new Map<string, MemoryEntry>();
    for (const [names, file] of entries) {
      const path = names.join("/");
      const clash = [...byPath.keys()].some(
        (other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
      );
      if (!clash) byPath.set(path, file);
    }
    return Object.fromEntries(byPath);
  });
/** Lengths of chunks, over and over. */
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 500, max: 300_000 })), {
  minLength: 1,
  maxLength: 8,
});

function repeating(lengths: readonly number[]): () => number {
  let at = 0;
  // One byte at a time would take too long over the large files.
  return () => (lengths[at++ % lengths.length] ?? 1) + (at > 200 ? 50_000 : 0);
}

async function transfer(source: SyncSource, target: Target, pair: readonly [Duplex, Duplex]) {
  const { signal } = new AbortController();
  const [stream, theirs] = pair;
  const [summary] = await Promise.all([
    receiveFiles({ stream: theirs, target, signal }),
    sendFiles({ stream, source, patterns: {}, resetOwner: true, signal }),
  ]);
  return summary;
}

describe("a transfer", () => {
  leakCheck();

  test("brings any tree, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(files, cuts, async (tree, lengths) => {
        const target = createMemoryTarget();

        await transfer(createMemorySource(tree), target, splitPair(repeating(lengths)));

        const received = target
          .entries()
          .filter(({ stat }) => !isDirectory(stat))
          .map(({ stat, content: bytes }) => [
            Buffer.from(stat.path, "latin1").toString(),
            isSymlink(stat) ? Buffer.from(stat.linkname, "latin1").toString() : bytes?.toString("hex"),
            stat.mode & 0o777,
          ]);
        expect(new Map(received.map((row) => [row[0], row]))).toEqual(
          new Map(Object.entries(tree).map(([path, file]) => [path, [path, ...describeEntry(file)]])),
        );
      }),
      { numRuns: 100 },
    );
  });

  test("leaves the same on disk", async () => {
    await fc.assert(
      fc.asyncProperty(files, cuts, async (tree, lengths) => {
        await using out = await tmpDir();

        await transfer(
          createMemorySource(tree),
          createDiskTarget({ dir: out.path }),
          splitPair(repeating(lengths)),
        );

        const found = Object.keys(tree).map((path) => [path, ...readEntry(out.join(path))]);
        expect(found).toEqual(Object.entries(tree).map(([path, file]) => [path, ...describeEntry(file)]));
        const lines = await readTree(out.path);
        expect(lines.filter((line) => !line.endsWith(" dir"))).toHaveLength(found.length);
      }),
      { numRuns: 40 },
    );
  });
});

function describeEntry(file: MemoryEntry): readonly [string, number] {
  if (typeof file === "object" && "symlink" in file) return [file.symlink, 0o777];
  const { content: bytes, mode } =
    typeof file === "object" && "content" in file ? file : { content: file, mode: undefined };
  return [Buffer.from(bytes as string).toString("hex"), mode ?? 0o644];
}

function readEntry(path: string): readonly [string, number] {
  const stats = lstatSync(path);
  const isLink = stats.isSymbolicLink();
  return [isLink ? readlinkSync(path) : readFileSync(path, "hex"), stats.mode & 0o777];
}

const hostilePath = fc.oneof(
  { weight: 6, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom("..", ".", "", "a", "link", "secret", "x\0", "n".repeat(256)), { maxLength: 4 })
      .map((names) => names.join("/")),
  },
  { weight: 1, arbitrary: fc.constantFrom("link", "link/x", "/etc/x", "filelink") },
);
const hostileMode = fc.constantFrom(
  0o644,
  0o644,
  MODE.directory + 0o755,
  MODE.directory + 0o755,
  MODE.symlink + 0o777,
  MODE.device,
  MODE.socket,
  MODE.setuid + 0o755,
  0xffffffff,
);
const stat = fc
  .record({
    path: hostilePath,
    mode: hostileMode,
    size: fc.constantFrom(0n, 1n, 3n, 70_000n, -1n, 2n ** 62n),
    modTime: fc.constantFrom(0n, -1n, 2n ** 63n - 1n, 1_700_000_000_000_000_000n),
    linkname: fc.constantFrom("", "", "", "a", "../secret", "../secret/file", "/etc/passwd"),
  })
  .map((fields) => toBinary(PacketSchema, create(PacketSchema, { stat: create(StatSchema, fields) })));
const data = fc
  .record({
    id: fc.integer({ min: 0, max: 6 }),
    data: fc.constantFrom("", "", "x", "xyz", "y".repeat(70_000)).map((text) => Buffer.from(text)),
  })
  .map((fields) =>
    toBinary(PacketSchema, create(PacketSchema, { ...fields, type: Packet_PacketType.PACKET_DATA })),
  );
const control = fc.constantFrom(
  Uint8Array.of(),
  Uint8Array.of(),
  Uint8Array.of(8, 3),
  Uint8Array.of(8, 4),
  Uint8Array.of(8, 1),
);
const packet = fc.oneof(
  { weight: 6, arbitrary: stat },
  { weight: 5, arbitrary: data },
  { weight: 2, arbitrary: control },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
);
/** Sorted, a run of descriptions gets far. */
const session = fc.tuple(
  fc.array(stat, { maxLength: 8 }).map((packets) => packets.toSorted(Buffer.compare)),
  fc.array(packet, { maxLength: 12 }),
);

describe("a receiver, whatever it is sent", () => {
  leakCheck();

  test("settles, and writes nowhere but in its folder", async () => {
    await fc.assert(
      fc.asyncProperty(session, cuts, fc.boolean(), async ([first, then], lengths, deletes) => {
        await using tmp = await tmpDir();
        await writeTree(tmp.path, [
          "ADD secret/file file untouched",
          "ADD out/link symlink ../secret",
          "ADD out/filelink symlink ../secret/file",
          "ADD out/a symlink ../secret",
        ]);
        mkdirSync(tmp.join("out"), { recursive: true });
        const [ours, theirs] = splitPair(repeating(lengths));
        ours.resume();
        const { signal } = new AbortController();

        const outcome = receiveFiles({
          stream: theirs,
          target: createDiskTarget({ dir: tmp.join("out"), delete: deletes }),
          signal,
        }).catch((error: unknown) => error);
        for (const message of [...first, ...then]) ours.write(encodeFrame(message));
        ours.end();

        expect(await outcome).toBeDefined();
        const left = await readTree(tmp.path);
        expect(left.filter((line) => !line.startsWith("ADD out"))).toEqual([
          "ADD secret dir",
          "ADD secret/file file untouched",
        ]);
        expect(left.filter((line) => line.includes(".bk-"))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
