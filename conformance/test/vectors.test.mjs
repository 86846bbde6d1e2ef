// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { runVectors, vectorsDir } from "../lib/runner.mjs";

const areas = readdirSync(vectorsDir).map((name) => name.slice(0, name.indexOf(".")));

test.each([...new Set(areas)])("%s does as the reference did", { timeout: 120_000 }, async (area) => {
  const [result] = await runVectors(vectorsDir, { area });
  expect(result?.failures).toEqual([]);
  expect(result?.passed).toBeGreaterThan(0);
});
