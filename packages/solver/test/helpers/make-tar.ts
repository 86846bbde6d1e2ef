// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tmpDir } from "@bk/testing";

const run = promisify(execFile);

/** A tar of one file, made by the tool that users have. */
export async function makeTar(name: string, ...args: readonly string[]): Promise<Buffer> {
  await using dir = await tmpDir();
  await mkdir(dirname(join(dir.path, name)), { recursive: true });
  await writeFile(join(dir.path, name), "x".repeat(5000));
  const tar = await run("tar", ["-c", ...args, "-C", dir.path, name], { encoding: "buffer" });
  return tar.stdout;
}
