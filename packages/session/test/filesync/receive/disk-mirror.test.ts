// SPDX-License-Identifier: Apache-2.0
import { readdirSync, writeFileSync } from "node:fs";
import { tmpDir } from "@bk/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openDirectories } from "../../../src/filesync/receive/disk-directories.js";
import { removeOthers } from "../../../src/filesync/receive/disk-mirror.js";

describe("removeOthers()", () => {
  test("lets the event loop turn while it empties one large directory, and stops there when it is aborted", async () => {
    await using dir = await tmpDir();
    for (let i = 0; i < 100; i++) writeFileSync(dir.join(`stale${i}`), "");
    const directories = openDirectories(dir.path);
    onTestFinished(() => directories.close());
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 10)); // every look finds the slice spent
    onTestFinished(() => void vi.restoreAllMocks());
    const abort = new AbortController();

    const removed = removeOthers(directories, [""], new Set(), abort.signal);
    setImmediate(() => abort.abort(new Error("no longer wanted")));

    await expect(removed).rejects.toThrow("no longer wanted");
    const left = readdirSync(dir.path).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(100);
  });
});
