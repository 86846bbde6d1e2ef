// SPDX-License-Identifier: Apache-2.0
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { varintLength, varintLength64, writeVarint, writeVarint64 } from "../src/varint.js";

describe("varints", () => {
  test("are those of the protobuf runtime, for numbers up to 2^53", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = Buffer.alloc(10);
        const end = writeVarint(bytes, 0, value);
        expect(bytes.subarray(0, end)).toEqual(Buffer.from(new BinaryWriter().uint64(value).finish()));
        expect(varintLength(value)).toBe(end);
      }),
    );
  });

  test("are those of the protobuf runtime, for all of int64", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = Buffer.alloc(10);
        const end = writeVarint64(bytes, 0, value);
        expect(bytes.subarray(0, end)).toEqual(Buffer.from(new BinaryWriter().int64(value).finish()));
        expect(varintLength64(value)).toBe(end);
      }),
    );
  });
});
