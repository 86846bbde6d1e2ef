// SPDX-License-Identifier: Apache-2.0
// What `module.enableCompileCache` does from Node 22.1 on, for a program of one file. Goes when Node 20 is left behind.
import module, { createRequire } from "node:module";
import path from "node:path";
import { Script } from "node:vm";
import { readCodeFile, writeCodeFile } from "./code-file.js";

/** Node's loader calls it for each CommonJS file; what loads TypeScript hooks in there too. */
interface Loader {
  _compile(this: LoadedModule, content: string, filename: string): unknown;
}

interface LoadedModule {
  readonly exports: unknown;
}

/**
 * Loads the file whose path `pattern` matches from code that was compiled before. The name of the file stands for its
 * contents.
 *
 * @returns what keeps the code, with all functions that have run by then
 */
export function keepCodeOf(pattern: RegExp, dir: string): () => void {
  const loader = module.prototype as unknown as Loader;
  const compile = loader._compile;
  let keep = () => {};
  loader._compile = function (content, filename) {
    if (!pattern.test(filename)) return compile.call(this, content, filename);
    loader._compile = compile;
    const cacheFile = path.join(dir, cacheName(filename));
    const cachedData = readCodeFile(cacheFile);
    const script = new Script(module.wrap(content), { filename, ...(cachedData && { cachedData }) });
    if (!cachedData || script.cachedDataRejected)
      keep = () => writeCodeFile(cacheFile, () => script.createCachedData());
    const run = script.runInThisContext() as (...given: unknown[]) => unknown;
    return run.call(
      this.exports,
      this.exports,
      createRequire(filename),
      this,
      filename,
      path.dirname(filename),
    );
  };
  return () => keep();
}

/** V8 takes code of the same version on the same kind of machine alone. */
function cacheName(filename: string): string {
  return `${path.basename(filename, ".cjs")}-node-${process.version}-${process.arch}`;
}
