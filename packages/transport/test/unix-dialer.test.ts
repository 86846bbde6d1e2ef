// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createUnixDialer } from "../src/unix-dialer.js";
import { catchTransportError } from "./helpers/catch-error.js";
import { startRawServer } from "./helpers/servers.js";

describe("createUnixDialer()", () => {
  test("tells a file from a daemon that is not there", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "");
    await mkdir(dir.join("folder"));
    for (const name of ["file", "folder"]) {
      const error = await catchTransportError(createUnixDialer({ path: dir.join(name) }).dial());
      expect(error.code).toBe("BK_NOT_A_SOCKET");
      expect(error.retryable).toBe(false);
    }
    const below = await catchTransportError(createUnixDialer({ path: dir.join("file/x.sock") }).dial());
    expect(below.code).toBe("BK_NOT_A_SOCKET");
  });

  test.skipIf(process.getuid?.() === 0)("says when the user may not", async () => {
    await using dir = await tmpDir();
    await using _server = await startRawServer(() => {}, dir.join("bk.sock"));
    await chmod(dir.join("bk.sock"), 0o000);
    const error = await catchTransportError(createUnixDialer({ path: dir.join("bk.sock") }).dial());
    expect(error.code).toBe("BK_PERMISSION_DENIED");
  });
});
