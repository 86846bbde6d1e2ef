// SPDX-License-Identifier: Apache-2.0
import { Duplex, PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { joinStreams } from "../src/join-streams.js";

const signal = new AbortController().signal;
const CHUNK = 64 * 1024;
const CHUNKS = 200;

describe("joinStreams()", () => {
  test("answers to the end what was sent before the end of stdin", async () => {
    const connection = Duplex.from(async function* (sent: AsyncIterable<unknown>) {
      yield `all of: ${await text(Readable.from(sent))}`;
    });
    const stdout = new PassThrough();

    await joinStreams({ stdin: Readable.from(["a", "b"]), stdout }, connection, { signal });

    expect(stdout.writableEnded).toBe(false);
    expect(stdout.read()?.toString()).toBe("all of: ab");
  });

  test("reads no more of the connection than stdout takes", async () => {
    let asked = 0;
    const connection = new Duplex({
      read() {
        asked += 1;
        this.push(asked > CHUNKS ? null : Buffer.alloc(CHUNK));
      },
      write: (_chunk, _encoding, done) => done(),
    });
    let take: (() => void) | undefined;
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        take = done;
      },
    });
    const stopped = new AbortController();
    const joined = joinStreams({ stdin: new PassThrough(), stdout }, connection, { signal: stopped.signal });

    // All of it is in this process: what is not asked for within some turns never is.
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    const before = asked;
    take?.();
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();

    expect(before).toBeLessThan(CHUNKS / 10);
    expect(asked).toBeGreaterThan(before);
    expect(asked).toBeLessThan(CHUNKS / 10);
    stopped.abort(new Error("enough"));
    await expect(joined).rejects.toThrow("enough");
  });

  test("reads no more of stdin than the connection takes", async () => {
    let asked = 0;
    const stdin = new Readable({
      read() {
        asked += 1;
        this.push(asked > CHUNKS ? null : Buffer.alloc(CHUNK));
      },
    });
    const connection = new Duplex({ read() {}, write() {} });
    const stopped = new AbortController();
    const joined = joinStreams({ stdin, stdout: new PassThrough() }, connection, { signal: stopped.signal });

    for (let turn = 0; turn < 20; turn += 1) await setImmediate();

    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(CHUNKS / 10);
    stopped.abort(new Error("enough"));
    await expect(joined).rejects.toThrow("enough");
    expect([stdin.destroyed, connection.destroyed]).toEqual([true, true]);
  });

  test("rejects with what the connection failed with, and lets go of stdin", async () => {
    const stdin = new PassThrough();
    const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const joined = joinStreams({ stdin, stdout: new PassThrough() }, connection, { signal });

    connection.destroy(new Error("reset by peer"));

    await expect(joined).rejects.toThrow("reset by peer");
    expect(stdin.destroyed).toBe(true);
  });

  test("ends in order when the reader of stdout leaves", async () => {
    const left = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(left) });
    stdout.on("error", () => {});
    const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    connection.push("x");

    await joinStreams({ stdin: new PassThrough(), stdout }, connection, { signal });

    expect(connection.destroyed).toBe(true);
  });
});
