// SPDX-License-Identifier: Apache-2.0
import { leakCheck, receiveTree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createFileSync, createMemorySource } from "../src/index.js";
import { openSessionPair } from "./helpers/session-pair.js";

function share(files: Readonly<Record<string, string>>) {
  return openSessionPair(createFileSync({ dirs: new Map([["context", createMemorySource(files)]]) }));
}

/** As many paths as a Dockerfile may copy by name, of `length` characters that do not compress. */
function paths(count: number, length: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index}`.padStart(length, "~"));
}

describe("a request with thousands of paths in its metadata", () => {
  leakCheck();

  test("is answered while they are short", async () => {
    const wanted = paths(5_000, 5);
    await using pair = await share({ [wanted[4_999] ?? ""]: "x", other: "y" });

    const received = await receiveTree(pair.peer, { dirName: "context", followPaths: wanted });

    expect([...received.keys()]).toEqual([wanted[4_999]]);
  });

  test("ends the session when Node cannot receive it, and says so", async () => {
    await using pair = await share({ a: "x" });

    const call = pair.peer.call("/moby.filesync.v1.FileSync/DiffCopy", {
      "dir-name": "context",
      followpaths: [...paths(5_000, 40)],
    });

    await expect(pair.connection.closed).resolves.toMatchObject({
      code: "BK_REQUEST_TOO_LARGE",
      message: expect.stringMatching(
        /^The daemon at the test asked for more paths .* Copy directories instead of thousands of single files/,
      ),
      cause: expect.any(Error),
    });
    await expect(call.status()).rejects.toThrow();
  });
});

describe("patterns of the daemon that would make a backtracking matcher hang", () => {
  leakCheck();

  test.each([
    ["stars in a name", `${"*a".repeat(30)}b`],
    ["double stars in a path", `${"**/a/".repeat(30)}b`],
    ["both", `${"**/*a*a*/".repeat(20)}b`],
  ])("with %s are matched in passing, and health checks answered", async (_, pattern) => {
    const name = "a".repeat(250);
    const deep = `${"aa/".repeat(100)}c`;
    await using pair = await share({ [name]: "x", [deep]: "y" });

    const transfer = receiveTree(pair.peer, {
      dirName: "context",
      includePatterns: [pattern, "*a", deep],
      excludePatterns: [pattern, `!${pattern}`],
    });

    await expect(pair.peer.checkHealth()).resolves.toBe(1);
    const received = await transfer;
    expect(received.get(name)?.data?.toString()).toBe("x");
    expect(received.get(deep)?.data?.toString()).toBe("y");
  });
});
