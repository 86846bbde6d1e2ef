// SPDX-License-Identifier: Apache-2.0

/** The last lines of a step's output. Text holds one byte in each character: decode it as latin1. */
export interface LogTail {
  /** Whole lines, without their ends. At most 20. */
  readonly lines: readonly string[];
  /** What has come of the line after them; the next output goes on with it. */
  readonly partial: string;
  /** Bytes of output so far, those that are gone included. */
  readonly bytes: number;
}

export const EMPTY_TAIL: LogTail = { lines: [], partial: "", bytes: 0 };

const MAX_LINES = 20;
/** Of one line; a longer one loses its beginning. */
const MAX_LINE_BYTES = 4 << 10;
/** All that 20 lines can hold. What comes before that in one piece need not be looked at. */
const MAX_PIECE_BYTES = (MAX_LINES + 1) * MAX_LINE_BYTES;

/** The tail with more output behind it, which may be cut anywhere. */
export function appendOutput(tail: LogTail, data: Uint8Array): LogTail {
  const fresh = data.subarray(-MAX_PIECE_BYTES);
  const text = Buffer.from(fresh.buffer, fresh.byteOffset, fresh.length).toString("latin1");
  const lines = ((fresh.length < data.length ? "" : tail.partial) + text).split("\n");
  const partial = keepEnd(lines.pop() ?? "");
  return {
    lines: lines.length === 0 ? tail.lines : [...tail.lines, ...lines.map(keepEnd)].slice(-MAX_LINES),
    partial,
    bytes: tail.bytes + data.length,
  };
}

function keepEnd(line: string): string {
  return line.length > MAX_LINE_BYTES ? line.slice(-MAX_LINE_BYTES) : line;
}
