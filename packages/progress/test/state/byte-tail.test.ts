// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { createByteTail } from "../../src/state/byte-tail.js";

test("holds the last bytes of what came, in whatever pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 }), (pieces) => {
      const tail = createByteTail(3000);
      for (const piece of pieces) tail.append(piece);
      const all = Buffer.concat(pieces);
      expect(tail.total).toBe(all.length);
      expect(Buffer.from(tail.bytes()).equals(all.subarray(-3000))).toBe(true);
    }),
  );
});
