// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createTokenSeeds } from "../../../src/auth/token/token-seeds.js";

describe("createTokenSeeds()", () => {
  test("makes a seed once, and others find it in the file", async () => {
    await using dir = await tmpDir();
    const seeds = createTokenSeeds(dir.path);
    const [first, again] = await Promise.all([seeds.seedFor("r.io"), seeds.seedFor("r.io")]);
    expect(first).toHaveLength(16);
    expect(again).toEqual(first);
    expect(await createTokenSeeds(dir.path).seedFor("r.io")).toEqual(first);
    expect(await seeds.seedFor("s.io")).not.toEqual(first);
  });

  test("loses none when several write at once, and agrees on one for each registry", async () => {
    await using dir = await tmpDir();
    const hosts = ["a.io", "b.io", "c.io"];
    const seedsOf = (own: string) => {
      const seeds = createTokenSeeds(dir.path);
      return Promise.all([own, ...hosts].map(async (host) => [host, await seeds.seedFor(host)] as const));
    };

    const given = (await Promise.all([seedsOf("1.io"), seedsOf("2.io"), seedsOf("3.io")])).flat();

    const stored = createTokenSeeds(dir.path);
    for (const [host, seed] of given) expect(await stored.seedFor(host)).toEqual(seed);
    expect(await readdir(dir.path)).toEqual([".token_seed"]);
  });

  test("writes what BuildKit's own client reads, for the user alone", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join(".token_seed"), '{"z.io": {"seed": "MDEyMzQ1Njc4OWFiY2RlZg=="}}');
    const seeds = createTokenSeeds(dir.path);
    const [a, b] = await Promise.all([seeds.seedFor("b.io"), seeds.seedFor("__proto__")]);
    const text = await readFile(dir.join(".token_seed"), "utf8");
    expect(text).toBe(
      `{
  "__proto__": {
    "Seed": "${Buffer.from(b).toString("base64")}"
  },
  "b.io": {
    "Seed": "${Buffer.from(a).toString("base64")}"
  },
  "z.io": {
    "Seed": "MDEyMzQ1Njc4OWFiY2RlZg=="
  }
}`,
    );
    expect((await stat(dir.join(".token_seed"))).mode & 0o777).toBe(0o600);
    expect(await readdir(dir.path)).toEqual([".token_seed"]);
  });

  test.each(["", "{", "[]", '{"r.io": {"Seed": ""}}', '{"r.io": 1}'])(
    "begins anew after a file that holds %j",
    async (text) => {
      await using dir = await tmpDir();
      await writeFile(dir.join(".token_seed"), text);
      const seed = await createTokenSeeds(dir.path).seedFor("r.io");
      expect(seed).toHaveLength(16);
      expect(await createTokenSeeds(dir.path).seedFor("r.io")).toEqual(seed);
    },
  );

  test("keeps seeds to itself, and makes no folder, where there is none", async () => {
    await using dir = await tmpDir();
    const seeds = createTokenSeeds(dir.join("not-there"));
    expect(await seeds.seedFor("r.io")).toEqual(await seeds.seedFor("r.io"));
    expect(existsSync(dir.join("not-there"))).toBe(false);
  });
});
