// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  frameAgentMessage,
  isReadOnlyRequest,
  parseSignRequest,
  readAgentMessages,
} from "../../src/ssh/agent-protocol.js";
import { encodeString, encodeUint32 } from "../../src/ssh/wire.js";

async function read(chunks: readonly Uint8Array[]): Promise<Buffer[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const messages: Buffer[] = [];
  for await (const message of readAgentMessages(bytes())) messages.push(Buffer.from(message));
  return messages;
}

const signRequest = Buffer.concat([
  Buffer.from([13]),
  encodeString("public key"),
  encodeString("data"),
  encodeUint32(4),
]);

describe("readAgentMessages()", () => {
  test("finds the same messages however the bytes are cut", async () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(message), fc.array(fc.nat(400)), async (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(frameAgentMessage));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b)];
        const chunks = places.map((place, index) => bytes.subarray(place, places[index + 1]));
        expect(await read(chunks)).toEqual(messages.map((given) => Buffer.from(given)));
      }),
    );
  });

  test("takes 256 KiB, and refuses a byte more before it is there", async () => {
    const largest = Buffer.alloc(256 * 1024, 1);
    expect(await read([frameAgentMessage(largest)])).toEqual([largest]);
    await expect(read([encodeUint32(256 * 1024 + 1)])).rejects.toThrow("262145 bytes is not allowed");
    await expect(read([encodeUint32(0)])).rejects.toThrow("0 bytes is not allowed");
  });

  test("gives no message that is cut off", async () => {
    await expect(read([frameAgentMessage(signRequest).subarray(0, -1)])).resolves.toEqual([]);
  });
});

describe("isReadOnlyRequest()", () => {
  test("lets lists and requests to sign pass, whole ones only", () => {
    expect(isReadOnlyRequest(Buffer.from([11]))).toBe(true);
    expect(isReadOnlyRequest(signRequest)).toBe(true);
    expect(isReadOnlyRequest(Buffer.from([11, 0]))).toBe(false);
    expect(isReadOnlyRequest(signRequest.subarray(0, -1))).toBe(false);
    expect(isReadOnlyRequest(Buffer.concat([signRequest, Buffer.from([0])]))).toBe(false);
  });

  test("lets no other type pass, whatever follows it", () => {
    const other = fc.nat(255).filter((type) => type !== 11 && type !== 13);
    fc.assert(
      fc.property(other, fc.uint8Array(), (type, rest) => {
        expect(isReadOnlyRequest(Buffer.from([type, ...rest]))).toBe(false);
      }),
    );
  });

  test("reads what is to be signed, and with which flags", () => {
    expect(parseSignRequest(signRequest)).toEqual({
      publicKey: Buffer.from("public key"),
      data: Buffer.from("data"),
      flags: 4,
    });
  });
});
