// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { encodeFrame } from "@bk/testing";
import { expect, test } from "vitest";
import { readMessages } from "../src/message-stream.js";

test("readMessages() takes nothing more once a message was refused, however much is there", async () => {
  const stream = new PassThrough();
  const taken: string[] = [];
  const read = readMessages(stream, {
    maxBytes: 100,
    signal: new AbortController().signal,
    onMessage(message) {
      taken.push(Buffer.from(message).toString());
      if (taken.length === 2) throw new Error("refused");
    },
  });

  for (const text of ["one", "two", "three"]) stream.write(encodeFrame(Buffer.from(text)));

  await expect(read).rejects.toThrow("refused");
  expect(taken).toEqual(["one", "two"]);
  expect(stream.listenerCount("data")).toBe(0);
});
