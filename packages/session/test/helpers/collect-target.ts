// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ExportTarget } from "../../src/index.js";

export interface CollectTarget extends ExportTarget {
  bytes(): Buffer;
}

/** An export target that keeps what it gets. */
export function collectTarget(): CollectTarget {
  const chunks: Buffer[] = [];
  const body = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      setImmediate(done);
    },
  });
  return { body, done: finished(body), bytes: () => Buffer.concat(chunks) };
}
