// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpDir } from "@bk/testing";
import { expect, test } from "vitest";
import { keepCodeOf } from "../src/code-cache.js";

const SOURCE = `exports.fail = () => { throw new Error("here"); };
exports.self = require.cache[__filename] === module && this === exports && module.exports === exports;
exports.other = require("./other.cjs").name;
exports.dir = __dirname;`;

test("a program is loaded as Node loads it, and kept when that is asked for", async () => {
  await using dir = await tmpDir();
  const file = dir.join("program-1.cjs");
  await writeFile(file, SOURCE);
  await writeFile(dir.join("other.cjs"), 'exports.name = "other";');
  const keep = keepCodeOf(/program-1\.cjs$/, dir.join("cache"));

  const { fail, ...program } = createRequire(import.meta.url)(file);

  expect(program).toEqual({ self: true, other: "other", dir: dir.path });
  expect(stackOf(fail)).toContain(`${file}:1:${SOURCE.indexOf("new Error") + 1}`);
  expect(readdirSync(dir.path)).toEqual(["other.cjs", "program-1.cjs"]);
  keep();
  expect(readdirSync(dir.join("cache"))).toEqual([expect.stringContaining("program-1-node-")]);
});

function stackOf(fail: () => void): string | undefined {
  try {
    fail();
  } catch (error) {
    return error instanceof Error ? error.stack : undefined;
  }
  return undefined;
}
