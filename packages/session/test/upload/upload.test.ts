// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { constants } from "node:http2";
import { Readable } from "node:stream";
import { leakCheck, type PeerCall } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { decodeBytesMessage } from "../../src/bytes-message.js";
import { createUpload } from "../../src/index.js";
import { openSessionPair, type SessionPair } from "../helpers/session-pair.js";

function pull({ peer }: SessionPair, url: string): PeerCall {
  const { pathname, host } = new URL(url);
  return peer.call("/moby.upload.v1.Upload/Pull", { urlpath: pathname, urlhost: host });
}

async function collect({ messages }: PeerCall): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const message of messages) chunks.push(Buffer.from(decodeBytesMessage(message)));
  return chunks;
}

describe("createUpload()", () => {
  leakCheck();

  test("serves each stream under its own URL, to a daemon that never ends its side", async () => {
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const [first, second] = [upload.add(Readable.from(["a", "b"])), upload.add(Readable.from(["c"]))];

    expect(new URL(first).host).toBe("buildkit-session");
    const calls = [pull(pair, second), pull(pair, first)] as const;
    expect(Buffer.concat(await collect(calls[0])).toString()).toBe("c");
    expect(Buffer.concat(await collect(calls[1])).toString()).toBe("ab");
    await expect(calls[0].status()).resolves.toMatchObject({ code: 0 });
  });

  test("cuts large chunks into messages of at most 3 MiB", async () => {
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const bytes = randomBytes(4 << 20);

    const chunks = await collect(pull(pair, upload.add(Readable.from([bytes], { objectMode: false }))));

    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(3 << 20);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test("reads no faster than the daemon takes it", async () => {
    let produced = 0;
    const body = new Readable({
      read() {
        produced += 64 << 10;
        this.push(Buffer.alloc(64 << 10));
      },
    });
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const call = pull(pair, upload.add(body));
    const first = await call.messages.next();

    // Nothing more is read here. What is under way settles, and then no more is asked for.
    let before = -1;
    while (before !== produced) {
      before = produced;
      await pair.peer.checkHealth();
    }

    expect(first.done).toBe(false);
    expect(produced).toBeLessThan(64 << 20);
    call.stream.close(constants.NGHTTP2_CANCEL);
    await new Promise((resolve) => body.once("close", resolve));
    expect(pair.failures).toEqual([]);
  });

  test("fails with the stream's error", async () => {
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const body = new Readable({ read: () => body.destroy(new Error("disk on fire")) });

    const call = pull(pair, upload.add(body));

    await expect(call.status()).resolves.toMatchObject({
      code: 2,
      message: expect.stringContaining("disk on fire"),
    });
    expect(pair.failures).toMatchObject([{ code: "BK_UPLOAD_FAILED", cause: { message: "disk on fire" } }]);
  });

  test("fails with the error of a stream that failed before the daemon asked", async () => {
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const body = new Readable({ read() {} });
    const url = upload.add(body);
    body.destroy(new Error("disk on fire"));
    await new Promise((resolve) => body.once("close", resolve));

    await pull(pair, url).status();

    expect(pair.failures).toMatchObject([{ code: "BK_UPLOAD_FAILED", cause: { message: "disk on fire" } }]);
  });

  test.each([
    { name: "that was never offered", url: "http://buildkit-session/other" },
    { name: "without a name", url: "http://buildkit-session/" },
  ])("refuses a path $name", async ({ url }) => {
    await using pair = await openSessionPair(createUpload());
    await expect(pull(pair, url).status()).resolves.toMatchObject({ code: 5 });
  });

  test("serves a stream once", async () => {
    const upload = createUpload();
    await using pair = await openSessionPair(upload);
    const url = upload.add(Readable.from(["once"]));
    await collect(pull(pair, url));

    await expect(pull(pair, url).status()).resolves.toMatchObject({ code: 5 });
    expect(pair.failures).toMatchObject([{ code: "BK_NOT_SHARED" }]);
  });
});
