// SPDX-License-Identifier: Apache-2.0
import type { FileStat } from "../source/stat.js";
import { createBatchWriter } from "./batch-writer.js";
import type { TemporaryFile } from "./disk-placement.js";
import { exportFailed } from "./export-error.js";
import type { TargetFile } from "./target.js";

/** A large file on its way to disk. `root` is for messages. */
export function createTargetFile(root: string, stat: FileStat, file: TemporaryFile): TargetFile {
  const writer = createBatchWriter(file.fd);
  const fail = (cause: unknown) => {
    throw exportFailed(root, stat.path, cause);
  };
  return {
    write: (chunk) => writer.write(chunk)?.catch(fail),
    async finish() {
      try {
        await writer.drain();
        await file.commit();
      } catch (cause) {
        await this.discard();
        fail(cause);
      }
    },
    async discard() {
      await writer.settle();
      file.discard();
    },
  };
}
