// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import path from "node:path";
import { keepCodeOf } from "./code-cache.js";

type Env = Readonly<Record<string, string | undefined>>;

/** The file that most of the program is in. */
const PROGRAM = /[\\/]chunks[\\/]program-[^\\/]+\.cjs$/;

/**
 * Keeps the compiled program for the next time. In the user's own cache folder: in one for temporary files, others could
 * leave compiled code for us to run. Nothing is kept for a user without a folder of their own.
 *
 * @returns what keeps it, to be called when most of the program has run
 */
export function enableCompileCache(env: Env): () => void {
  const dir = compileCacheDir(env);
  return dir === undefined ? () => {} : keepCodeOf(PROGRAM, dir);
}

/** Undefined where no folder is the user's own: never one that depends on the working directory. */
export function compileCacheDir(env: Env): string | undefined {
  const given = env["XDG_CACHE_HOME"] ?? "";
  const cacheHome = path.isAbsolute(given) ? given : path.join(homeOf(env), ".cache");
  return path.isAbsolute(cacheHome) ? path.join(cacheHome, "bk", "compile-cache") : undefined;
}

/** Empty for a user without one: Node throws when the system does not know the user. */
function homeOf(env: Env): string {
  try {
    return env["HOME"] ?? homedir();
  } catch {
    return "";
  }
}
