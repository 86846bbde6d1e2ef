// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export interface TmpDir extends AsyncDisposable {
  readonly path: string;
  /** An absolute path below it. */
  join(...names: readonly string[]): string;
}

/** A folder that is removed with all it holds on dispose. Its path is short enough for unix sockets. */
export async function tmpDir(): Promise<TmpDir> {
  const dir = await mkdtemp(path.join(tmpdir(), "bk-"));
  return {
    path: dir,
    join: (...names) => path.join(dir, ...names),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
