// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import { Packet_PacketType, PacketSchema } from "@bk/proto/fsutil";
import { leakCheck, type PeerCall, readTree, tree } from "@bk/testing";
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { MODE } from "../../src/filesync/index.js";
import {
  createDiskTarget,
  createFileSend,
  createMemoryTarget,
  type ExportTarget,
  type ReceiveSummary,
} from "../../src/index.js";
import { collectTarget } from "../helpers/collect-target.js";
import { deferred } from "../helpers/deferred.js";
import { openSessionPair } from "../helpers/session-pair.js";

const METHOD = "/moby.filesync.v1.FileSend/DiffCopy";
const HELLO = Buffer.from([0x0a, 5, ...Buffer.from("hello")]);

describe("createFileSend()", () => {
  leakCheck();

  test("writes each exporter's bytes to its own target, and hands on what the exporter says", async () => {
    const [image, other] = [collectTarget(), collectTarget()];
    const said: unknown[] = [];
    await using pair = await openSessionPair(
      createFileSend(
        new Map([
          [0, () => other],
          [
            3,
            (metadata: Readonly<Record<string, string>>) => {
              said.push(metadata);
              return image;
            },
          ],
        ]),
      ),
    );

    const call = pair.peer.call(METHOD, {
      "buildkit-attachable-exporter-id": "3",
      "exporter-md-containerimage.digest": "sha256:abc",
    });
    call.sendBytes(HELLO);
    call.sendBytes(HELLO);
    call.endRequests();

    await expect(call.status()).resolves.toMatchObject({ code: 0 });
    expect(image.bytes().toString()).toBe("hellohello");
    expect(other.bytes().length).toBe(0);
    expect(said).toEqual([{ "containerimage.digest": "sha256:abc" }]);
  });

  test("answers only when the target has everything in its place", async () => {
    const placed = deferred();
    const { body } = collectTarget();
    await using pair = await openSessionPair(
      createFileSend(new Map([[0, () => ({ body, done: placed.promise })]])),
    );
    const call = pair.peer.call(METHOD);
    let answered = false;
    const status = call.status().finally(() => (answered = true));
    call.endRequests();
    await new Promise((resolve) => body.once("finish", resolve));

    expect(answered).toBe(false);
    placed.resolve();

    await expect(status).resolves.toMatchObject({ code: 0 });
  });

  test("fails the call with the target's error", async () => {
    await using pair = await openSessionPair(createFileSend(new Map([[0, fullDisk]])));

    const call = pair.peer.call(METHOD);
    call.sendBytes(HELLO);

    await expect(call.status()).resolves.toMatchObject({ code: 2, message: "no space left" });
    expect(pair.failures).toMatchObject([{ message: "no space left" }]);
  });

  test("never ends a target whose export was broken off", async () => {
    const target = collectTarget();
    await using pair = await openSessionPair(createFileSend(new Map([[0, () => target]])));
    const call = pair.peer.call(METHOD);
    call.sendBytes(HELLO);
    await new Promise((resolve) => call.stream.once("response", resolve));

    pair.socket.destroy(new Error("cable pulled"));

    await expect(target.done).rejects.toMatchObject({ code: "BK_SESSION_LOST" });
    expect(target.body.writableFinished).toBe(false);
  });

  test("refuses an exporter that is not expected, and bytes that are no message", async () => {
    const target = collectTarget();
    target.done.catch(() => {});
    await using pair = await openSessionPair(createFileSend(new Map([[0, () => target]])));

    const unknown = pair.peer.call(METHOD, { "buildkit-attachable-exporter-id": "9" });
    const malformed = pair.peer.call(METHOD);
    malformed.sendBytes(Buffer.from([0x0a, 200, 1, 2]));

    await expect(unknown.status()).resolves.toMatchObject({ code: 5 });
    await expect(malformed.status()).resolves.toMatchObject({
      code: 2,
      message: expect.stringContaining("malformed"),
    });
  });
});

describe("createFileSend() with a directory", () => {
  leakCheck();

  test("receives the files, and says what came", async () => {
    const received = deferred<ReceiveSummary>();
    const target = createMemoryTarget();
    await using pair = await openSessionPair(
      createFileSend(new Map([[2, { openDirectory: () => target, onReceived: received.resolve }]])),
    );
    const call = pair.peer.call(METHOD, { "buildkit-attachable-exporter-id": "2" });

    call.send(PacketSchema, { stat: { path: "a", mode: 0o644, size: 2n } });
    call.send(PacketSchema, {});
    expect(await nextType(call)).toBe(Packet_PacketType.PACKET_REQ);
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_DATA, id: 0, data: Buffer.from("hi") });
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_DATA, id: 0 });
    expect(await nextType(call)).toBe(Packet_PacketType.PACKET_FIN);
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_FIN });

    await expect(call.status()).resolves.toMatchObject({ code: 0 });
    expect(await received.promise).toEqual({ files: 1, bytes: 2, skipped: [] });
    expect(target.entries()[0]?.content?.toString()).toBe("hi");
  });

  test("fails the session with what the daemon did wrong", async () => {
    await using pair = await openSessionPair(
      createFileSend(new Map([[0, { openDirectory: () => createMemoryTarget() }]])),
    );
    const call = pair.peer.call(METHOD);

    call.send(PacketSchema, { stat: { path: "../a", mode: 0o644 } });

    const text = "escape check ../a: invalid argument";
    await expect(call.status()).resolves.toMatchObject({ code: 2, message: expect.stringContaining(text) });
    expect(pair.failures).toMatchObject([{ code: "BK_PROTOCOL", cause: { message: text } }]);
  });

  test("says what the daemon did wrong in few words, none of which a terminal acts on", async () => {
    await using pair = await openSessionPair(
      createFileSend(new Map([[0, { openDirectory: () => createMemoryTarget() }]])),
    );
    const call = pair.peer.call(METHOD);

    call.send(PacketSchema, { stat: { path: `../\u001b]0;owned\u0007${"x".repeat(100_000)}`, mode: 0o644 } });

    const { message } = await pair.failed;
    expect(message).toMatch(/failed: escape check \.\.\/ \]0;owned x+\.\.\.$/);
    expect(message.length).toBeLessThan(1200);
  });

  test("touches nothing with mode=delete unless the daemon sends all platforms in one transfer", async () => {
    await using out = await tree("ADD old file");
    const open = { openDirectory: () => createDiskTarget({ dir: out.path, delete: true }) };
    await using pair = await openSessionPair(createFileSend(new Map([[0, open]])));

    const old = pair.peer.call(METHOD);
    old.send(PacketSchema, { stat: { path: "new", mode: MODE.directory + 0o755 } });
    await expect(old.status()).resolves.toMatchObject({
      code: 2,
      message:
        "local exporter mode=delete requires a BuildKit daemon with multi-platform local export support",
    });
    expect(await readTree(out.path)).toEqual(["ADD old file"]);

    const current = pair.peer.call(METHOD, { "buildkit-exporter-multi-platform": "1" });
    current.send(PacketSchema, { stat: { path: "new", mode: MODE.directory + 0o755 } });
    current.send(PacketSchema, {});
    expect(await nextType(current)).toBe(Packet_PacketType.PACKET_FIN);
    expect(await readTree(out.path)).toEqual(["ADD new dir"]);
  });
});

async function nextType(call: PeerCall): Promise<Packet_PacketType | undefined> {
  const message = await call.messages.next();
  return message.done ? undefined : fromBinary(PacketSchema, message.value).type;
}

function fullDisk(): ExportTarget {
  const failed = deferred();
  const body = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("no space left")),
    destroy(error, done) {
      if (error) failed.reject(error);
      done(error);
    },
  });
  return { body, done: failed.promise };
}
