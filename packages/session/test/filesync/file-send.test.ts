// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import { leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createFileSend, type ExportTarget } from "../../src/index.js";
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
