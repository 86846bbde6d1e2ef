// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, relative } from "node:path";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../src/command/find-program.js";

describe("findProgram()", () => {
  test("finds the first that can be executed", async () => {
    await using dir = await tmpDir();
    for (const folder of ["directory/ssh", "plain", "first", "second"])
      await mkdir(dir.join(folder), { recursive: true });
    await writeFile(dir.join("plain/ssh"), "", { mode: 0o644 });
    await writeFile(dir.join("first/ssh"), "", { mode: 0o755 });
    await writeFile(dir.join("second/ssh"), "", { mode: 0o755 });
    const PATH = ["nowhere", "directory", "plain", "first", "second"].map((folder) => dir.join(folder));
    await expect(findProgram("ssh", { PATH: PATH.join(delimiter) })).resolves.toBe(dir.join("first/ssh"));
  });

  test("takes none from the current folder, or from one that depends on it", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("ssh"), "", { mode: 0o755 });
    const here = relative(process.cwd(), dir.path);
    await expect(findProgram("ssh", { PATH: `${here}${delimiter}${delimiter}.` })).resolves.toBeUndefined();
    await expect(findProgram("ssh", {})).resolves.toBeUndefined();
  });
});
