// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { createKeptLogs } from "../../src/report/kept-logs.js";

const KIB = 1 << 10;

describe("createKeptLogs()", () => {
  test("keeps the output of each step, in whatever pieces it comes", () => {
    const logs = createKeptLogs();
    logs.append(1, Buffer.from("one "));
    logs.append(2, Buffer.from("other"));
    logs.append(1, Buffer.from("two"));
    expect(textOf(logs.of(1).data)).toBe("one two");
    expect(textOf(logs.of(2).data)).toBe("other");
    expect(logs.of(3)).toEqual({ data: new Uint8Array(), leftOut: 0 });
  });

  test("does not hold on to the pieces that it was given", () => {
    const logs = createKeptLogs();
    const piece = Buffer.from("kept");
    logs.append(1, piece);
    piece.fill(0);
    expect(textOf(logs.of(1).data)).toBe("kept");
  });

  test.each([1, 100, 300 * KIB])("keeps the last 256 KiB of a step, from pieces of %i bytes", (size) => {
    const logs = createKeptLogs();
    const all = Buffer.from(Array.from({ length: 600 * KIB }, (_, at) => at % 251));
    for (let at = 0; at < all.length; at += size) logs.append(1, all.subarray(at, at + size));
    const { data, leftOut } = logs.of(1);
    expect(leftOut).toBe(344 * KIB);
    expect(Buffer.compare(data, all.subarray(344 * KIB))).toBe(0);
  });

  test("keeps no more than 8 MiB of all steps, and the end of each", () => {
    const logs = createKeptLogs();
    for (let step = 0; step < 100; step++) {
      logs.append(step, Buffer.alloc(200 * KIB, "x"));
      logs.append(step, Buffer.from(`end of ${step}`));
    }
    const kept = Array.from({ length: 100 }, (_, step) => logs.of(step));
    const total = kept.reduce((sum, { data }) => sum + data.length, 0);
    expect(total).toBeLessThanOrEqual(8 << 20);
    expect(total).toBeGreaterThan(4 << 20);
    for (const [step, { data, leftOut }] of kept.entries()) {
      expect(data.length + leftOut).toBe(200 * KIB + `end of ${step}`.length);
      expect(textOf(data.subarray(-9))).toContain(`of ${step}`);
    }
  });
});

function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString();
}
