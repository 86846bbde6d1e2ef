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
