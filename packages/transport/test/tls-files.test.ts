// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { type TmpDir, tmpDir } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTlsDir, readTlsFiles } from "../src/tls-files.js";
import { catchTransportError } from "./helpers/catch-error.js";

let dir: TmpDir;
beforeEach(async () => {
  dir = await tmpDir();
});
afterEach(async () => {
  await dir[Symbol.asyncDispose]();
});

async function writeFiles(...names: readonly string[]): Promise<void> {
  for (const name of names) await writeFile(dir.join(name), `of ${name}`);
}

describe("readTlsDir()", () => {
  test.each([
    ["ca.pem", "cert.pem", "key.pem"],
    ["ca.crt", "tls.crt", "tls.key"],
  ])("reads %s, %s and %s", async (ca, cert, key) => {
    await writeFiles(ca, cert, key);
    const tls = await readTlsDir(dir.path);
    expect([tls.ca, tls.cert, tls.key].map(String)).toEqual([`of ${ca}`, `of ${cert}`, `of ${key}`]);
  });

  test("prefers the .pem files", async () => {
    await writeFiles("ca.crt", "ca.pem", "cert.pem", "tls.crt", "tls.key", "key.pem");
    const tls = await readTlsDir(dir.path);
    expect([tls.ca, tls.cert, tls.key].map(String)).toEqual(["of ca.pem", "of cert.pem", "of key.pem"]);
  });

  test("names what is missing, and where", async () => {
    await writeFiles("ca.pem", "cert.pem");
    const error = await catchTransportError(readTlsDir(dir.path));
    expect(error.code).toBe("BK_TLS_FAILED");
    expect(error.message).toContain(`${dir.path} has no key.pem or tls.key`);
  });
});

describe("readTlsFiles()", () => {
  test("reads what is given", async () => {
    await writeFiles("authority");
    const { ca, cert, key } = await readTlsFiles({ ca: dir.join("authority") });
    expect([String(ca), cert, key]).toEqual(["of authority", undefined, undefined]);
  });

  test.each([
    ["absent", "there is no such file"],
    ["", "it cannot be read (EISDIR)"],
  ])("says why it cannot read %j", async (name, why) => {
    const error = await catchTransportError(readTlsFiles({ key: dir.join(name) }));
    expect(error.code).toBe("BK_TLS_FAILED");
    expect(error.message).toContain(dir.join(name));
    expect(error.message).toContain(why);
  });
});
