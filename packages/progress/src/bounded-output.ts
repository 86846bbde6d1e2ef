// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { DroppedFormat } from "./dropped-format.js";
import { holdErrors, writeHeld } from "./hold-errors.js";
import { unblock } from "./terminal.js";

/** Bytes that may wait in an output that nobody reads. */
const MAX_QUEUED_BYTES = 4 << 20;

/** Writes as long as somebody reads, and never waits. */
export interface BoundedOutput {
  /** What does not fit is left out, and counted. */
  write(piece: Uint8Array | string): void;
  /** Nothing waits to be read. */
  readonly isIdle: boolean;
  readonly dropped: number;
  /**
   * Tells of what was left out, if that was not told yet, and lets go of the output: of its errors once it has taken or
   * refused what was written.
   */
  end(): void;
}

/** Leaves an output open, and alone once it has failed. */
export function createBoundedOutput(output: Writable, format: DroppedFormat): BoundedOutput {
  let dropped = 0;
  let untold = 0;
  let atLineStart = true;
  const release = holdErrors(output);
  const block = unblock(output);
  // Many builds may share one output, which makes a listener each no leak.
  allowListeners(output, 1);
  output.on("drain", tell);

  function isOpen(): boolean {
    return !output.destroyed && !output.errored && !output.writableEnded;
  }

  function tell(): void {
    if (untold === 0 || !isOpen()) return;
    writeHeld(output, format.format(untold, atLineStart));
    untold = 0;
    atLineStart = true;
  }

  return {
    write(piece) {
      if (piece.length === 0 || !isOpen()) return;
      if (output.writableLength > MAX_QUEUED_BYTES) {
        const count = format.count(piece);
        dropped += count;
        untold += count;
        return;
      }
      tell();
      writeHeld(output, piece);
      atLineStart = piece.at(-1) === "\n" || piece.at(-1) === 0x0a;
    },
    get isIdle() {
      return output.writableLength === 0;
    },
    get dropped() {
      return dropped;
    },
    end() {
      tell();
      block();
      output.off("drain", tell);
      release();
      allowListeners(output, -1);
    },
  };
}

/** Zero stands for any number. */
function allowListeners(output: Writable, more: number): void {
  const count = output.getMaxListeners();
  if (count !== 0) output.setMaxListeners(Math.max(count + more, 1));
}
