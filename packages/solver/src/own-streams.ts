// SPDX-License-Identifier: Apache-2.0
import type { ResolvedSolveOptions } from "./options/solve-options.js";

/**
 * Destroys the streams among the options when it is disposed of, except those that hold a whole export: whoever writes
 * to one, or reads from it, learns that the build has ended.
 */
export function ownStreams({
  context,
  dockerfile,
  exports,
}: Pick<ResolvedSolveOptions, "context" | "dockerfile" | "exports">): Disposable {
  return {
    [Symbol.dispose]() {
      for (const source of [context, dockerfile]) if (source.kind === "stream") source.body.destroy();
      for (const { receiver } of exports)
        if (receiver?.kind === "writable" && !receiver.body.writableFinished) receiver.body.destroy();
    },
  };
}
