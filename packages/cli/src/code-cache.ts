// SPDX-License-Identifier: Apache-2.0
// What `module.enableCompileCache` does from Node 22.1 on, but with the functions that have run: docs/decisions/0003 has
// the figures.
import { statSync } from "node:fs";
import module, { createRequire } from "node:module";
import path from "node:path";
import { Script } from "node:vm";
import { CODE_FILE_SUFFIX, readCodeFile, writeCodeFile } from "./code-file.js";

/** Node's loader calls it for each CommonJS file; what loads TypeScript hooks in there too. */
interface Loader {
  _compile: (
    this: LoadedModule,
    ...given: readonly [content: string, filename: string, ...unknown[]]
  ) => unknown;
}

interface LoadedModule {
  readonly exports: unknown;
}

/** What Node puts before the code of a file. */
const [WRAPPER_START = ""] = module.wrap("\n").split("\n");

/**
 * Loads the file whose path `pattern` matches from code that was compiled before. The name of the file stands for its
 * contents, which must not use `import()`: Node has no such call in code that was kept.
 *
 * @returns what keeps the code, with all functions that have run by then
 */
export function keepCodeOf(pattern: RegExp, dir: string): () => void {
  const loader = module.prototype as unknown as Loader;
  const compile = loader._compile;
  let keep = () => {};
  loader._compile = function (...given) {
    const [content, filename] = given;
    if (!pattern.test(filename)) return compile.apply(this, given);
    const file = path.join(dir, cacheName(filename));
    const cachedData = readCodeFile(file);
    const script = new Script(module.wrap(content), {
      filename,
      columnOffset: -WRAPPER_START.length, // errors name places in the file
      ...(cachedData && { cachedData }),
    });
    if (!cachedData || script.cachedDataRejected)
      keep = () => writeCodeFile(file, () => script.createCachedData());
    const run = script.runInThisContext() as (...given: unknown[]) => unknown;
    const { exports } = this;
    return run.call(exports, exports, createRequire(filename), this, filename, path.dirname(filename));
  };
  return () => keep();
}

/**
 * V8 takes code of its own version and flags alone. It does not notice code of a Node that was built otherwise, such as
 * for another libc; that one has another size.
 */
function cacheName(filename: string): string {
  const { version, arch, execPath } = process;
  const size = statSync(execPath, { throwIfNoEntry: false })?.size ?? 0;
  return `${path.basename(filename, ".cjs")}-node-${version}-${arch}-${size}${CODE_FILE_SUFFIX}`;
}
