// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";

/** Of each output, how many hold its errors. They share one listener, however many builds write to it. */
const holders = new WeakMap<Writable, number>();

/** Keeps errors of an output from ending the program. Returns what lets go. */
export function holdErrors(output: Writable): () => void {
  const count = holders.get(output) ?? 0;
  if (count === 0) output.on("error", ignore);
  holders.set(output, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (holders.get(output) ?? 1) - 1;
    holders.set(output, left);
    if (left === 0) output.off("error", ignore);
  };
}

/** Writes, and holds errors until the output has taken or refused the piece. */
export function writeHeld(output: Writable, piece: Uint8Array | string): void {
  const release = holdErrors(output);
  output.write(piece, (error) => {
    if (!error) release();
    // The event comes after the callback: soon, unless the output has to be closed before. But a destroyed output
    // takes nothing any more, so that there the listener may stay. Those of the process are never destroyed.
    else setImmediate(() => output.destroyed || release());
  });
}

function ignore(): void {}
