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

  test("says when the user may not", async () => {
    await using dir = await tmpDir();
    await using _server = await startRawServer(() => {}, dir.join("bk.sock"));
    await chmod(dir.join("bk.sock"), 0o000);
    const error = await asOrdinaryUser(() =>
      catchTransportError(createUnixDialer({ path: dir.join("bk.sock") }).dial()),
    );
    expect(error.code).toBe("BK_PERMISSION_DENIED");
    expect(error.retryable).toBe(false);
  });
});

/** Permissions do not bind root, so root becomes somebody else for a while. */
async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
