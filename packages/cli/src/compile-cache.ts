// SPDX-License-Identifier: Apache-2.0
import module from "node:module";
import { homedir } from "node:os";
import path from "node:path";

interface CompileCache {
  /** Node 22.1 and later. */
  readonly enableCompileCache?: (dir: string) => unknown;
}

/**
 * Keeps the compiled program for the next time, where Node can do that. In the user's own cache folder: Node's default is
 * a folder for temporary files, where others could leave compiled code for us to run.
 */
export function enableCompileCache(env: NodeJS.ProcessEnv): void {
  const cacheHome = env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache");
  (module as CompileCache).enableCompileCache?.(path.join(cacheHome, "bk", "compile-cache"));
}
