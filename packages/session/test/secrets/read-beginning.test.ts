// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { leakCheck, type TmpDir, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { readBeginning } from "../../src/secrets/read-beginning.js";

function makePipe(dir: TmpDir): string {
  const path = dir.join("pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

describe("readBeginning()", () => {
  leakCheck();

  test("reads no more of a file than it is told to", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "abcdef");
    expect(Buffer.from(await readBeginning(dir.join("file"), 4)).toString()).toBe("abcd");
    expect(Buffer.from(await readBeginning(dir.join("file"), 40)).toString()).toBe("abcdef");
  });

  test("rejects with the reason of an abort at once, whatever the file", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "abcdef");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await expect(readBeginning(dir.join("file"), 4, { signal })).rejects.toBe(reason);
  });
});

describe.skipIf(process.platform === "win32")("readBeginning() of a pipe", () => {
  leakCheck();

  test("waits for its writer, and reads to the end", async () => {
    await using dir = await tmpDir();
    const path = makePipe(dir);
    const reading = readBeginning(path, 40);
    await writeFile(path, "from a pipe");
    expect(Buffer.from(await reading).toString()).toBe("from a pipe");
  });

  test("ends with an abort while nobody has opened it for writing", async () => {
    await using dir = await tmpDir();
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = readBeginning(makePipe(dir), 40, { signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  test("ends with an abort while its writer is silent", async () => {
    await using dir = await tmpDir();
    const path = makePipe(dir);
    await using _writer = await open(path, constants.O_RDWR);
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = readBeginning(path, 40, { signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});
