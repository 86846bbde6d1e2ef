// SPDX-License-Identifier: Apache-2.0

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const generatedDirs = ["packages/proto/src/gen", "packages/proto/src/wire"];

function buf(...args: readonly string[]): Promise<{ stdout: string }> {
  return run(path.join(root, "node_modules/.bin/buf"), [...args], { cwd: root });
}

/** Relative path -> text of every file below `dir`. */
async function readTree(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const pairs = files
    .sort()
    .map(async (file) => [path.relative(dir, file), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

test("the committed code is what the .proto files generate", { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bk-proto-"));
  try {
    await buf("generate", "--output", dir);
    for (const generated of generatedDirs)
      expect(await readTree(path.join(root, generated))).toEqual(await readTree(path.join(dir, generated)));
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("the .proto files pass buf's lint and format", { timeout: 60_000 }, async () => {
  await expect(buf("lint")).resolves.toMatchObject({ stdout: "" });
  await expect(buf("format", "--diff", "--exit-code")).resolves.toMatchObject({ stdout: "" });
});
