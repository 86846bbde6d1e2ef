// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  DeleteContentRequestSchema,
  InfoRequestSchema,
  InfoResponseSchema,
  ReadContentRequestSchema,
  type ReadContentResponse,
  ReadContentResponseSchema,
} from "@bk/proto/content";
import { leakCheck, type PeerCall, type PeerStatus, type TmpDir, tmpDir } from "@bk/testing";
import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type ContentStore, createContentStores, openExportStore, openImportStore } from "../../src/index.js";
import { openSessionPair, type SessionPair } from "../helpers/session-pair.js";
import { contentPath, openWrite, sha256, storeHeader } from "./content-peer.js";

const HELLO = sha256("hello");

interface Opened extends AsyncDisposable {
  readonly dir: TmpDir;
  readonly pair: SessionPair;
}

/** A daemon that may read a directory as `import` and write the same as `export`. */
async function openStores(...blobs: readonly (Uint8Array | string)[]): Promise<Opened> {
  const dir = await tmpDir();
  for (const blob of blobs) await addBlob(dir, blob);
  const [source, target] = [await openImportStore(dir.path), await openExportStore(dir.path)];
  const stores = new Map<string, ContentStore>([
    ["import", source],
    ["export", target],
  ]);
  const pair = await openSessionPair(createContentStores(stores));
  return {
    dir,
    pair,
    async [Symbol.asyncDispose]() {
      await pair[Symbol.asyncDispose]();
      await target.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function addBlob(dir: TmpDir, blob: Uint8Array | string): Promise<void> {
  const path = dir.join("blobs", ...sha256(blob).split(":"));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, blob);
}

function call({ peer }: SessionPair, method: string, store = "import"): PeerCall {
  return peer.call(contentPath(method), storeHeader(store));
}

interface Answer {
  readonly status: PeerStatus;
  readonly responses: readonly ReadContentResponse[];
  readonly data: Buffer;
}

async function read(
  pair: SessionPair,
  request: MessageInitShape<typeof ReadContentRequestSchema>,
  store?: string,
): Promise<Answer> {
  const rpc = call(pair, "Read", store);
  rpc.send(ReadContentRequestSchema, request);
  rpc.endRequests();
  const responses: ReadContentResponse[] = [];
  for await (const message of rpc.messages) responses.push(fromBinary(ReadContentResponseSchema, message));
  return { status: await rpc.status(), responses, data: Buffer.concat(responses.map(({ data }) => data)) };
}

describe("Content/Read", () => {
  leakCheck();

  test("sends a blob in messages of up to 1 MiB, each with its place", async () => {
    const blob = randomBytes(2.5 * (1 << 20));
    await using opened = await openStores(blob);
    const { status, responses, data } = await read(opened.pair, { digest: sha256(blob) });
    expect(status.code).toBe(0);
    expect(responses.map(({ offset }) => Number(offset))).toEqual([0, 1 << 20, 2 << 20]);
    expect(data.equals(blob)).toBe(true);
  });

  test.each([
    { name: "a range", offset: 1n, size: 3n, text: "ell" },
    { name: "a range that ends behind the blob", offset: 3n, size: 99n, text: "lo" },
    { name: "the rest", offset: 2n, size: 0n, text: "llo" },
    { name: "nothing, at the end", offset: 5n, size: 1n, text: "" },
    { name: "all of it, for a negative offset", offset: -1n, size: 0n, text: "hello" },
  ])("sends $name", async ({ offset, size, text }) => {
    await using opened = await openStores("hello");
    const { status, data } = await read(opened.pair, { digest: HELLO, offset, size });
    expect(status.code).toBe(0);
    expect(data.toString()).toBe(text);
  });

  test.each([
    { name: "a range behind the blob", request: { digest: HELLO, offset: 6n }, code: 11 },
    { name: "a blob that is not there", request: { digest: sha256("other") }, code: 5 },
    { name: "a path", request: { digest: "sha256:../../index.json" }, code: 3 },
    { name: "no digest", request: {}, code: 3 },
  ])("refuses $name, which is no failure of the session", async ({ request, code }) => {
    await using opened = await openStores("hello");
    await expect(read(opened.pair, request)).resolves.toMatchObject({ status: { code } });
    expect(opened.pair.failures).toEqual([]);
  });

  test("takes no directory for a blob", async () => {
    await using opened = await openStores();
    await mkdir(opened.dir.join("blobs", ...HELLO.split(":")), { recursive: true });
    await expect(read(opened.pair, { digest: HELLO })).resolves.toMatchObject({ status: { code: 5 } });
  });

  test("fails the session when a blob is cut short under its hands", async () => {
    const blob = randomBytes(64 << 20);
    await using opened = await openStores(blob);
    const rpc = call(opened.pair, "Read");
    rpc.send(ReadContentRequestSchema, { digest: sha256(blob) });
    await rpc.messages.next();
    await truncate(opened.dir.join("blobs", ...sha256(blob).split(":")), 0);
    for await (const _ of rpc.messages);
    await expect(rpc.status()).resolves.toMatchObject({ code: 2 });
    expect(opened.pair.failures).toMatchObject([{ code: "BK_STORE_CORRUPT" }]);
  });

  test("ends with the call when the daemon has enough", async () => {
    const blob = randomBytes(64 << 20);
    await using opened = await openStores(blob);
    const rpc = call(opened.pair, "Read");
    rpc.send(ReadContentRequestSchema, { digest: sha256(blob) });
    await rpc.messages.next();
    rpc.stream.close();
    await expect(opened.pair.peer.checkHealth()).resolves.toBe(1);
    expect(opened.pair.failures).toEqual([]);
  });
});

describe("createContentStores()", () => {
  leakCheck();

  test.each(["import", "export"])("says of the %s store which blobs are there", async (store) => {
    await using opened = await openStores("hello");
    const rpc = call(opened.pair, "Info", store);
    rpc.send(InfoRequestSchema, { digest: HELLO });
    const { value } = await rpc.messages.next();
    expect(fromBinary(InfoResponseSchema, value as Buffer).info).toMatchObject({ digest: HELLO, size: 5n });

    const missing = call(opened.pair, "Info", store);
    missing.send(InfoRequestSchema, { digest: sha256("other") });
    await expect(missing.status()).resolves.toMatchObject({ code: 5 });
  });

  test("lets the daemon read no export, and write no import", async () => {
    await using opened = await openStores("hello");
    await expect(read(opened.pair, { digest: HELLO }, "export")).resolves.toMatchObject({
      status: { code: 7 },
    });
    const write = openWrite(opened.pair, "import");
    await write.stat({});
    await expect(write.status()).resolves.toMatchObject({ code: 7 });
    for (const method of ["Status", "Abort"])
      await expect(call(opened.pair, method).status()).resolves.toMatchObject({ code: 7 });
  });

  test.each(["List", "Update", "Delete", "ListStatuses"])("offers no %s", async (method) => {
    await using opened = await openStores("hello");
    const rpc = call(opened.pair, method, "export");
    rpc.send(DeleteContentRequestSchema, { digest: HELLO });
    await expect(rpc.status()).resolves.toMatchObject({ code: 12 });
  });

  test("knows the declared stores only", async () => {
    await using opened = await openStores("hello");
    await expect(read(opened.pair, { digest: HELLO }, "other")).resolves.toMatchObject({
      status: { code: 5 },
    });
    const unnamed = opened.pair.peer.call(contentPath("Read"));
    await expect(unnamed.status()).resolves.toMatchObject({ code: 3 });
  });

  test("opens no store that is not there", async () => {
    await using dir = await tmpDir();
    await expect(openImportStore(dir.join("missing"))).rejects.toMatchObject({
      code: "BK_STORE_FAILED",
      message: `There is no directory ${dir.join("missing")}`,
    });
  });
});
