// SPDX-License-Identifier: Apache-2.0
import { lstatSync, utimesSync, writeFileSync } from "node:fs";
import { tmpDir } from "@bk/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toSeconds } from "../../../src/filesync/receive/disk-metadata.js";

const YEAR_2100_NS = 4_102_444_800n * 1_000_000_000n;

test("toSeconds() keeps every microsecond of a time", async () => {
  await using dir = await tmpDir();
  const file = dir.join("file");
  writeFileSync(file, "");
  fc.assert(
    fc.property(fc.bigInt({ min: 1_000n, max: YEAR_2100_NS }), (modTimeNs) => {
      const seconds = toSeconds({ modTimeNs });
      utimesSync(file, seconds, seconds);
      expect(lstatSync(file, { bigint: true }).mtimeNs / 1000n).toBe(modTimeNs / 1000n);
    }),
    { numRuns: 2000 },
  );
});
