// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { readLogFrames } from "../demo/docker-api.mjs";

describe("readLogFrames()", () => {
  test("joins the texts of both streams and ignores a cut frame head", () => {
    const frame = (stream, text) => {
      const head = Buffer.alloc(8);
      head[0] = stream;
      head.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    const bytes = Buffer.concat([frame(1, "out\n"), frame(2, "err\n"), Buffer.alloc(3)]);
    expect(readLogFrames(bytes)).toBe("out\nerr\n");
  });
});
