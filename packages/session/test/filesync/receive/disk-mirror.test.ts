// SPDX-License-Identifier: Apache-2.0
import { readdirSync, writeFileSync } from "node:fs";
import { readTree, tmpDir, tree } from "@bk/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Directories, openDirectories } from "../../../src/filesync/receive/disk-directories.js";
import { removeOthers } from "../../../src/filesync/receive/disk-mirror.js";
import { useSlowClock } from "../../helpers/slow-clock.js";

describe("removeOthers()", () => {
  test("lets the event loop turn while it empties one large directory, and stops there when it is aborted", async () => {
    await using dir = await tmpDir();
    for (let i = 0; i < 100; i++) writeFileSync(dir.join(`stale${i}`), "");
    const directories = openDirectories(dir.path);
    onTestFinished(() => directories.close());
    useSlowClock();
    const abort = new AbortController();

    const removed = removeOthers(directories, [""], new Set(), abort.signal);
    setImmediate(() => abort.abort(new Error("no longer wanted")));

    await expect(removed).rejects.toThrow("no longer wanted");
    const left = readdirSync(dir.path).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(100);
  });

  test("keeps what was received where it is there in another case, and case does not count", async () => {
    await using dir = await tree("ADD SRC/A file received", "ADD SRC/STALE file", "ADD OLD file");
    const directories = ignoringCase(openDirectories(dir.path));
    onTestFinished(() => directories.close());

    await removeOthers(directories, ["", "src"], new Set(["src", "src/a"]), undefined);

    expect(await readTree(dir.path)).toEqual(["ADD SRC dir", "ADD SRC/A file received"]);
  });

  test("tells names apart by their case where that counts", async () => {
    await using dir = await tree("ADD readme file received", "ADD README file stale");
    const directories = openDirectories(dir.path);
    onTestFinished(() => directories.close());

    await removeOthers(directories, [""], new Set(["readme"]), undefined);

    expect(await readTree(dir.path)).toEqual(["ADD readme file received"]);
  });
});

/** As on a file system where case does not count, and all names happen to be in upper case. */
function ignoringCase(directories: Directories): Directories {
  return {
    ...directories,
    locate: (directory, name) => directories.locate(directory.toUpperCase(), name.toUpperCase()),
  };
}
