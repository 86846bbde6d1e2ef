// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createFrameReader } from "../../src/frames/reader.js";
import { createFrameWriter } from "../../src/frames/writer.js";

/** A stream that takes a write only when told to, and keeps what it took. */
function manualSink() {
  const writes: Buffer[] = [];
  const pending: (() => void)[] = [];
  let held = false;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const take = (): void => {
        writes.push(Buffer.from(chunk));
        done();
      };
      if (held) pending.push(take);
      else take();
    },
  });
  return {
    stream,
    writes,
    hold: () => {
      held = true;
    },
    takeOne: () => pending.shift()?.(),
    release: () => {
      held = false;
      for (const take of pending.splice(0)) take();
    },
  };
}

function messagesOf(writes: readonly Buffer[]): Buffer[] {
  const messages: Buffer[] = [];
  const reader = createFrameReader({ onMessage: (message) => messages.push(Buffer.from(message)) });
  for (const write of writes) reader.push(write);
  reader.end();
  return messages;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

describe("createFrameWriter()", () => {
  test("sends what gathered during a turn of the loop in one write", async () => {
    const sink = manualSink();
    const writer = createFrameWriter(sink.stream);
    for (let index = 0; index < 100; index++) writer.write(Buffer.from(`message ${index}`));
    expect(sink.writes).toHaveLength(0);
    await nextTurn();
    expect(sink.writes).toHaveLength(1);
    expect(messagesOf(sink.writes).map(String)).toEqual(
      Array.from({ length: 100 }, (_, i) => `message ${i}`),
    );
  });

  test("sends full buffers at once, of 256 KiB at most", () => {
    const sink = manualSink();
    const writer = createFrameWriter(sink.stream);
    for (let index = 0; index < 100; index++) writer.write(Buffer.alloc(10_000, index));
    writer.flush();
    expect(sink.writes.length).toBeLessThan(6);
    for (const write of sink.writes) expect(write.length).toBeLessThanOrEqual(256 * 1024);
    expect(messagesOf(sink.writes).map((message) => message[0])).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  test("lets a message be encoded in place", () => {
    const sink = manualSink();
    const writer = createFrameWriter(sink.stream);
    const { buffer, offset } = writer.reserve(5);
    buffer.write("hello", offset);
    writer.write(Buffer.from("after"));
    writer.flush();
    expect(messagesOf(sink.writes).map(String)).toEqual(["hello", "after"]);
  });

  test("takes empty messages and ones larger than its buffers", () => {
    const sink = manualSink();
    const writer = createFrameWriter(sink.stream);
    writer.write(new Uint8Array());
    const { buffer, offset } = writer.reserve(1_000_000);
    buffer.fill(1, offset, offset + 1_000_000);
    writer.write(Buffer.alloc(600_000, 2));
    writer.write(Buffer.from("last"));
    writer.flush();
    expect(messagesOf(sink.writes).map((message) => message.length)).toEqual([0, 1_000_000, 600_000, 4]);
  });

  test.each([0, 1, 32 * 1024 - 1, 32 * 1024, 300_000])(
    "joins a head and a body of %i bytes",
    async (length) => {
      const sink = manualSink();
      const writer = createFrameWriter(sink.stream);
      const body = Buffer.alloc(length, 7);
      let written = 0;
      writer.write(Buffer.from("before"));
      writer.writeParts(Buffer.from("head"), body, () => {
        written += 1;
      });
      writer.write(Buffer.from("after"));
      writer.flush();
      expect(messagesOf(sink.writes)).toEqual([
        Buffer.from("before"),
        Buffer.concat([Buffer.from("head"), body]),
        Buffer.from("after"),
      ]);
      await nextTurn();
      expect(written).toBe(1);
    },
  );

  test("tells when a large body may be changed again", () => {
    const sink = manualSink();
    sink.hold();
    const writer = createFrameWriter(sink.stream);
    let written = false;
    writer.writeParts(Buffer.from("head"), Buffer.alloc(100_000), () => {
      written = true;
    });
    sink.takeOne();
    expect(written).toBe(false);
    sink.release();
    expect(written).toBe(true);
  });

  test("is full at its limit, and drains when the stream has taken enough", async () => {
    const sink = manualSink();
    sink.hold();
    const writer = createFrameWriter(sink.stream, { maxQueuedBytes: 1000 });
    writer.write(Buffer.alloc(900));
    expect(writer.full).toBe(false);
    await writer.drain();
    writer.write(Buffer.alloc(900));
    expect(writer.full).toBe(true);
    let drained = false;
    const draining = writer.drain().then(() => {
      drained = true;
    });
    await nextTurn();
    expect(drained).toBe(false);
    sink.takeOne();
    await draining;
    expect(writer.full).toBe(false);
    sink.release();
  });

  test("does not touch bytes that the stream still holds", async () => {
    const sink = manualSink();
    sink.hold();
    const writer = createFrameWriter(sink.stream, { maxQueuedBytes: 8 * 1024 * 1024 });
    const count = 4000;
    for (let index = 0; index < count; index++) {
      writer.write(Buffer.alloc(1500, index % 251));
      if (index % 7 === 0) sink.takeOne();
      if (index % 50 === 0) await nextTurn();
      if (writer.full) {
        sink.release();
        await writer.drain();
        sink.hold();
      }
    }
    sink.release();
    await writer.end();
    const messages = messagesOf(sink.writes);
    expect(messages).toHaveLength(count);
    for (const [index, message] of messages.entries()) {
      if (!message.every((byte) => byte === index % 251)) expect.fail(`message ${index} was overwritten`);
    }
  });

  test("end() sends the rest and ends the stream", async () => {
    const sink = manualSink();
    const writer = createFrameWriter(sink.stream);
    writer.write(Buffer.from("last"));
    await writer.end();
    expect(sink.stream.writableFinished).toBe(true);
    expect(messagesOf(sink.writes).map(String)).toEqual(["last"]);
  });

  test("reports a stream that fails, to whoever waits and from then on", async () => {
    const sink = manualSink();
    sink.hold();
    const writer = createFrameWriter(sink.stream, { maxQueuedBytes: 10 });
    writer.write(Buffer.alloc(100));
    const draining = writer.drain();
    const error = new Error("broken");
    sink.stream.destroy(error);
    await expect(draining).rejects.toBe(error);
    expect(writer.full).toBe(true);
    await expect(writer.drain()).rejects.toBe(error);
    await expect(writer.end()).rejects.toBe(error);
    let released = 0;
    writer.writeParts(Buffer.from("x"), Buffer.alloc(100_000), () => {
      released += 1;
    });
    expect(released).toBe(1);
  });

  test("reports a stream that was closed after its end, for which nobody may wait", async () => {
    const { stream } = manualSink();
    const writer = createFrameWriter(stream);
    const closed = once(stream, "close");
    await writer.end();
    await closed;
    await expect(writer.drain()).rejects.toMatchObject({ code: "BK_CONNECTION_LOST" });
  });

  test("reports a stream that is closed too early", async () => {
    const sink = manualSink();
    sink.hold();
    const writer = createFrameWriter(sink.stream, { maxQueuedBytes: 10 });
    writer.write(Buffer.alloc(100));
    const draining = writer.drain();
    sink.stream.destroy();
    await expect(draining).rejects.toMatchObject({ code: "BK_CONNECTION_LOST" });
  });
});
