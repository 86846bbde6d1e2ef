// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ExportTarget, OpenExport } from "@bk/session";

/**
 * Targets that may go on after they have all bytes, as a Docker that loads an image. The daemon is not kept waiting for
 * them: it ends the build meanwhile.
 */
export interface StreamTargets extends Disposable {
  /** What the session is to open in place of `open`. */
  wrap(open: OpenExport): OpenExport;
  /** Waits for all that were opened. @throws what one of them failed with. */
  waitUntilDone(): Promise<void>;
  /** Breaks off those that are not done. They are not waited for: one need not heed it. */
  [Symbol.dispose](): void;
}

export function createStreamTargets(): StreamTargets {
  const opened: Promise<void>[] = [];
  const pending = new Set<Writable>();
  const disposed = new AbortController();
  setMaxListeners(0, disposed.signal); // one for each target
  return {
    wrap: (open) => async (metadata) => {
      const { body, done } = await open(metadata, { signal: disposed.signal });
      const settle = () => pending.delete(body);
      pending.add(body);
      done.then(settle, settle); // a failure is asked for later, or the build fails before
      opened.push(done);
      return { body, done: handedOver({ body, done }) };
    },
    async waitUntilDone() {
      await Promise.all(opened);
    },
    [Symbol.dispose]() {
      const reason = new Error("The build has ended");
      disposed.abort(reason);
      for (const body of pending) body.destroy(reason);
    },
  };
}

/** Resolves when the target has taken all bytes. It rejects, or is done, earlier as the target does. */
async function handedOver({ body, done }: ExportTarget): Promise<void> {
  const taken = finished(body, { readable: false }).catch(() => done); // which tells why
  await Promise.race([taken, done]);
}
