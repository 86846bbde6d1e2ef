// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { ScreenSize } from "./tty/screen.js";

/** What `tty.WriteStream` has beyond other outputs. */
interface Terminal extends Writable {
  readonly isTTY: true;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Of a terminal that does not say. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

export function isTerminal(output: Writable): output is Terminal {
  return "isTTY" in output && output.isTTY === true;
}

export function sizeOf(output: Writable): ScreenSize {
  if (!isTerminal(output)) return DEFAULT_SIZE;
  return { columns: output.columns || DEFAULT_SIZE.columns, rows: output.rows || DEFAULT_SIZE.rows };
}

/** What Node keeps of a terminal; it has no public way to this. */
interface Handle {
  setBlocking?(isBlocking: boolean): unknown;
}

/**
 * Keeps writes to a terminal from waiting for it. As Node sets it up, a terminal that is stopped, as by Ctrl-S, holds up
 * the whole program, and the daemon then takes the session for lost. Returns what puts it back.
 */
export function unblock(output: Writable): () => void {
  const { _handle: handle } = output as { readonly _handle?: Handle | null };
  if (!isTerminal(output) || typeof handle?.setBlocking !== "function") return () => {};
  handle.setBlocking(false);
  return () => void handle.setBlocking?.(true);
}
