// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogTail } from "../../src/failure/log-tail.js";

const bytes = (text: string) => Buffer.from(text);

describe("createLogTail()", () => {
  test("joins output that was cut within lines and characters", () => {
    const tail = createLogTail({ maxLines: 5, maxBytes: 100 });
    const output = bytes("grüße\nzwei\n");
    for (const byte of output) tail.append(new Uint8Array([byte]));
    expect(tail.lines()).toEqual(["grüße", "zwei"]);
  });

  test("keeps the last lines", () => {
    const tail = createLogTail({ maxLines: 2, maxBytes: 100 });
    tail.append(bytes("1\n2\n3\n"));
    expect(tail.lines()).toEqual(["2", "3"]);
  });

  test("holds no more than its bytes, however the output is cut", () => {
    const chunks = fc.array(
      fc.uint8Array({ maxLength: 40 }).map((chunk) => chunk.map((byte) => 97 + (byte % 26))),
    );
    fc.assert(
      fc.property(chunks, (output) => {
        const tail = createLogTail({ maxLines: 1, maxBytes: 16 });
        for (const chunk of output) tail.append(chunk);
        const all = Buffer.concat(output).toString();
        expect(tail.lines().join("")).toBe(all.slice(-16));
      }),
    );
  });

  test("does not hold on to the message that a chunk came in", () => {
    const tail = createLogTail({ maxLines: 1, maxBytes: 16 });
    const message = bytes("before");
    tail.append(message);
    message.fill("x");
    expect(tail.lines()).toEqual(["before"]);
  });
});
