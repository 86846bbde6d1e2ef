// SPDX-License-Identifier: Apache-2.0
import { toPlainLine } from "../terminal-line.js";

/** The end of a step's output. */
export interface LogTail {
  append(data: Uint8Array): void;
  /** The last lines as plain text: no escape sequences, and of overwritten lines what was written last. */
  lines(): readonly string[];
}

export interface LogTailOptions {
  readonly maxLines: number;
  /** Bounds what is held; a line that does not fit loses its beginning. */
  readonly maxBytes: number;
}

export function createLogTail({ maxLines, maxBytes }: LogTailOptions): LogTail {
  // Twice the bound, so that most chunks are only copied in, and the rest moved down now and then.
  const held = Buffer.alloc(maxBytes * 2);
  let end = 0;
  return {
    append(data) {
      const fresh = data.subarray(-maxBytes);
      if (end + fresh.length > held.length) {
        const kept = Math.min(end, maxBytes);
        held.copyWithin(0, end - kept, end);
        end = kept;
      }
      held.set(fresh, end);
      end += fresh.length;
    },
    lines() {
      const tail = held.toString("utf8", Math.max(end - maxBytes, 0), end);
      const lines = tail.split("\n").map(toPlainLine);
      if (lines.at(-1) === "") lines.pop();
      return lines.slice(-maxLines);
    },
  };
}
