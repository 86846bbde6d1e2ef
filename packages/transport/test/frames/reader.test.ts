// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { createFrameReader } from "../../src/frames/reader.js";

function frame(message: Uint8Array | string, flags = 0): Buffer {
  const bytes = Buffer.from(message);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flags);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

function readAll(chunks: readonly Uint8Array[], maxBytes?: number): string[] {
  const messages: string[] = [];
  const reader = createFrameReader({
    maxBytes,
    onMessage: (message) => messages.push(String(Buffer.from(message))),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return messages;
}

describe("createFrameReader()", () => {
  const body = Buffer.concat([frame("one"), frame(""), frame("three is longer"), frame(""), frame("x")]);
  const messages = ["one", "", "three is longer", "", "x"];

  test("reads messages cut at any one point", () => {
    for (let cut = 0; cut <= body.length; cut++) {
      expect(readAll([body.subarray(0, cut), body.subarray(cut)])).toEqual(messages);
    }
  });

  test("reads messages cut at any two points", () => {
    for (let first = 0; first <= body.length; first++) {
      for (let second = first; second <= body.length; second++) {
        const chunks = [body.subarray(0, first), body.subarray(first, second), body.subarray(second)];
        expect(readAll(chunks)).toEqual(messages);
      }
    }
  });

  test.each([1, 2, 7, 511, 512, 513, 65_536])("reads a large body in chunks of %i", (size) => {
    const large = ["a".repeat(1000), "b".repeat(100_000), "c"];
    const bytes = Buffer.concat(large.map((message) => frame(message)));
    const chunks: Buffer[] = [];
    for (let offset = 0; offset < bytes.length; offset += size)
      chunks.push(bytes.subarray(offset, offset + size));
    expect(readAll(chunks)).toEqual(large);
  });

  test("hands out views of the chunk, without a copy", () => {
    const chunk = frame("inside");
    const buffers: ArrayBufferLike[] = [];
    createFrameReader({ onMessage: (message) => buffers.push(message.buffer) }).push(chunk);
    expect(buffers).toEqual([chunk.buffer]);
  });

  test("reports a body that ends inside a message, wherever that is", () => {
    const one = frame("message");
    for (let length = 1; length < one.length; length++) {
      expect(() => readAll([one.subarray(0, length)])).toThrowError(
        expect.objectContaining({
          code: "BK_PROTOCOL_ERROR",
          message: expect.stringContaining("inside a message"),
        }),
      );
    }
  });

  test("checks the limit before it keeps a byte", () => {
    expect(readAll([frame("1234")], 5)).toEqual(["1234"]);
    expect(readAll([frame("12345")], 5)).toEqual(["12345"]);
    expect(() => readAll([frame("123456")], 5)).toThrowError("Message of 6 bytes exceeds maxBytes 5");
    // Only the prefix has come, and claims 4 GiB.
    for (const split of [1, 4, 5]) {
      const prefix = Buffer.from([0, 255, 255, 255, 255]);
      expect(() => readAll([prefix.subarray(0, split), prefix.subarray(split)])).toThrowError(
        expect.objectContaining({ code: "BK_MESSAGE_TOO_LARGE" }),
      );
    }
  });

  test("takes 16 MiB and not a byte more by default", () => {
    const limit = 16 * 1024 * 1024;
    const prefix = (length: number) => {
      const bytes = Buffer.alloc(5);
      bytes.writeUInt32BE(length, 1);
      return bytes;
    };
    createFrameReader({ onMessage: () => {} }).push(prefix(limit));
    expect(() => createFrameReader({ onMessage: () => {} }).push(prefix(limit + 1))).toThrowError("maxBytes");
  });

  test.each([1, 2, 0x80])("refuses flags %i, which nobody asked for", (flags) => {
    expect(() => readAll([frame("x", flags)])).toThrowError(
      expect.objectContaining({
        code: "BK_PROTOCOL_ERROR",
        message: expect.stringContaining("uncompressed"),
      }),
    );
  });

  test("refuses an HTTP/1 answer in place of a message", () => {
    expect(() => readAll([Buffer.from("HTTP/1.1 404 Not Found\r\n")])).toThrowError(
      "Expected an uncompressed",
    );
  });
});
