// SPDX-License-Identifier: Apache-2.0
import module from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { keepCodeOf } from "./code-cache.js";

type Env = Readonly<Record<string, string | undefined>>;

interface CompileCache {
  /** Node 22.1 and later. */
  readonly enableCompileCache?: (dir: string) => unknown;
}

/** Keeps nothing, for a user without a folder of their own; or Node keeps it. */
const nothing = () => {};

/**
 * Keeps the compiled program for the next time. In the user's own cache folder: Node's default is a folder for temporary
 * files, where others could leave compiled code for us to run.
 *
 * @returns what keeps it, to be called when most of the program has run
 */
export function enableCompileCache(env: Env): () => void {
  const dir = compileCacheDir(env);
  if (dir === undefined) return nothing;
  const { enableCompileCache: enable } = module as CompileCache;
  if (!enable) return keepCodeOf(/[\\/]chunks[\\/]program-[^\\/]+\.cjs$/, dir);
  enable(dir);
  return nothing;
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
