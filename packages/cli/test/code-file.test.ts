// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { chmod, chown, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { type TmpDir, tmpDir } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CODE_FILE_SUFFIX, readCodeFile, writeCodeFile } from "../src/code-file.js";

const name = `program${CODE_FILE_SUFFIX}`;
const code = Buffer.from("compiled");
const onWindows = process.platform === "win32";

let dir: TmpDir;
let file: string;

beforeEach(async () => {
  dir = await tmpDir();
  file = dir.join("cache", name);
  writeCodeFile(file, () => code);
});

afterEach(() => dir[Symbol.asyncDispose]());

describe("readCodeFile()", () => {
  test("reads what was written last", () => {
    expect(readCodeFile(file)).toEqual(code);
    writeCodeFile(file, () => Buffer.from("compiled anew"));
    expect(readCodeFile(file)).toEqual(Buffer.from("compiled anew"));
  });

  test("finds nothing where nothing is", () => {
    expect(readCodeFile(dir.join(name))).toBeUndefined();
    expect(readCodeFile(dir.join("nowhere", name))).toBeUndefined();
  });

  test("leaves out what was cut short or damaged", async () => {
    const damaged = await readFile(file);
    damaged[damaged.length - 1] = 0;
    await writeFile(file, damaged);
    expect(readCodeFile(file)).toBeUndefined();
    await truncate(file, 10);
    expect(readCodeFile(file)).toBeUndefined();
    await truncate(file, 0);
    expect(readCodeFile(file)).toBeUndefined();
  });

  test.skipIf(onWindows).each([
    ["a file that its group may write", name, 0o620],
    ["a file that anybody may write", name, 0o602],
    ["a folder that anybody may write", ".", 0o777],
  ])("leaves out %s", async (_, path, mode) => {
    await chmod(dir.join("cache", path), mode);
    expect(readCodeFile(file)).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0).each([
    ["a file", name],
    ["a folder", "."],
  ])("leaves out %s of another user", async (_, path) => {
    await chown(dir.join("cache", path), 65534, 65534);
    expect(readCodeFile(file)).toBeUndefined();
  });
});

describe("writeCodeFile()", () => {
  test("makes no code that cannot be kept", async () => {
    await writeFile(dir.join("file"), "");
    writeCodeFile(dir.join("file", name), () => expect.unreachable("it was made"));
  });

  test.skipIf(onWindows)("keeps nothing in a folder that others may write", async () => {
    await chmod(dir.join("cache"), 0o777);
    writeCodeFile(dir.join("cache", `other${CODE_FILE_SUFFIX}`), () => expect.unreachable("it was made"));
    expect(readdirSync(dir.join("cache"))).toEqual([name]);
  });

  test("leaves what was there, and nothing else, when the code cannot be made", () => {
    writeCodeFile(file, () => {
      throw new Error("no memory");
    });
    expect(readdirSync(dir.join("cache"))).toEqual([name]);
    expect(readCodeFile(file)).toEqual(code);
  });

  test("removes code that is older than 90 days, whole or not, and nothing else", async () => {
    const day = 24 * 60 * 60;
    const now = Date.now() / 1000;
    const ages = { [`old${CODE_FILE_SUFFIX}`]: 91, [`cut${CODE_FILE_SUFFIX}.0a`]: 91, photo: 91, [name]: 89 };
    for (const [other, days] of Object.entries(ages)) {
      await writeFile(dir.join("cache", other), "");
      await utimes(dir.join("cache", other), now, now - days * day);
    }
    const next = `next${CODE_FILE_SUFFIX}`;

    writeCodeFile(dir.join("cache", next), () => code);

    expect(readdirSync(dir.join("cache")).sort()).toEqual([name, next, "photo"].sort());
  });

  test.skipIf(onWindows)("makes a folder of the user's own", async () => {
    const umask = process.umask(0);
    try {
      writeCodeFile(dir.join("a", "b", name), () => code);
    } finally {
      process.umask(umask);
    }
    expect(readCodeFile(dir.join("a", "b", name))).toEqual(code);
  });
});
