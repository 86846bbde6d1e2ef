// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isArchive } from "../src/archive-header.js";
import { makeTar } from "./helpers/make-tar.js";

describe("isArchive()", () => {
  test.each([
    { name: "a tar", make: () => makeTar("Dockerfile") },
    { name: "a tar of old", make: () => makeTar("Dockerfile", "--format=v7") },
    { name: "a tar that begins with a long name", make: () => makeTar(`${"long/".repeat(60)}name`) },
    { name: "a tar that begins with pax records", make: () => makeTar("ü", "--format=pax") },
    { name: "gzip", make: async () => gzipSync(await makeTar("Dockerfile")) },
    { name: "bzip2", make: async () => Buffer.from("BZh91AY&SY") },
    { name: "xz", make: async () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0]) },
  ])("knows $name", async ({ make }) => {
    expect(isArchive((await make()).subarray(0, 1024))).toBe(true);
  });

  test.each([
    { name: "a Dockerfile", make: async () => Buffer.from("FROM scratch\n".repeat(100)) },
    { name: "nothing", make: async () => Buffer.alloc(0) },
    { name: "zeros", make: async () => Buffer.alloc(1024) },
    { name: "a part of a tar's header", make: async () => (await makeTar("Dockerfile")).subarray(0, 511) },
    { name: "a tar with a bit turned", make: async () => turnBit(await makeTar("Dockerfile")) },
  ])("takes $name for something else", async ({ make }) => {
    expect(isArchive(await make())).toBe(false);
  });
});

function turnBit(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes;
}
