// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { parse, resolve, sep } from "node:path";
import { SessionError } from "../../errors.js";
import { systemCode } from "../system-code.js";
import { exportFailed } from "./export-error.js";

/**
 * Refuses directories that nobody means when they ask for a mirror: the root, the home and the working directory,
 * and what holds those. Links on the way are resolved first.
 *
 * @throws {SessionError} `BK_EXPORT_FAILED`, also when it cannot be told
 */
export function assertDeletable(dir: string): void {
  const real = realPath(resolve(dir));
  const guarded: readonly [string, string][] = [
    [parse(real).root, "the root directory"],
    [realPath(homedir()), "the home directory"],
    [realPath(process.cwd()), "the working directory"],
  ];
  for (const [path, what] of guarded) {
    if (path !== real && !path.startsWith(real.endsWith(sep) ? real : real + sep)) continue;
    throw new SessionError(
      "BK_EXPORT_FAILED",
      `mode=delete would empty ${dir}, which is or holds ${what}. Export to a directory of its own`,
    );
  }
}

/** What does not exist yet holds nothing. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    throw exportFailed(path, "", error);
  }
}
