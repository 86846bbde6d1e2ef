// SPDX-License-Identifier: Apache-2.0
import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/**
 * The absolute path of a program in the folders of an environment's PATH; undefined when it is in none of them. Only
 * absolute folders count: a program must never come from the folder that is being built.
 */
export async function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const name = process.platform === "win32" ? `${program}.exe` : program;
  // Windows spells it "Path", which a copy of its environment keeps.
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter);
  for (const folder of folders) {
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
