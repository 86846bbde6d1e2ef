// SPDX-License-Identifier: Apache-2.0
import { neutralizeCommand, toColoredLine } from "@bk/solver";

/** A line without an end that is longer than this goes on as a line of its own. */
const MAX_LINE_BYTES = 64 << 10;
const LF = 0x0a;
const LINE_END = Buffer.from("\n");

/** Bytes that come cut anywhere, changed line by line. */
export interface LineFilter {
  /** The lines that the bytes complete, with their ends. What has no end yet is kept. */
  write(bytes: Uint8Array): Uint8Array;
  /** What was kept, changed. */
  end(): Uint8Array;
}

/** What becomes of a line, without its end. */
export type ChangeLine = (line: Buffer) => Buffer;

/** Keeps 64 KiB at most. */
export function createLineFilter(change: ChangeLine): LineFilter {
  let kept: Buffer = Buffer.alloc(0);
  return {
    write(bytes) {
      const data = kept.length === 0 ? toBuffer(bytes) : Buffer.concat([kept, bytes]);
      const pieces: Buffer[] = [];
      let start = 0;
      for (let end = data.indexOf(LF); end >= 0; end = data.indexOf(LF, start)) {
        pieces.push(change(data.subarray(start, end)), LINE_END);
        start = end + 1;
      }
      for (; data.length - start > MAX_LINE_BYTES; start += MAX_LINE_BYTES)
        pieces.push(change(data.subarray(start, start + MAX_LINE_BYTES)), LINE_END);
      kept = Buffer.from(data.subarray(start));
      return Buffer.concat(pieces);
    },
    end() {
      const rest = kept;
      kept = Buffer.alloc(0);
      return rest.length === 0 ? rest : change(rest);
    },
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * How lines that a build wrote are shown; undefined to leave their bytes alone, as in a file or a pipe.
 *
 * On a terminal: no control sequences other than colours, of what carriage returns overwrote the last, U+FFFD for what
 * is not UTF-8, and colours end with the line. Within GitHub's workflows a line is no command to the runner.
 */
export function chooseLineChange(isTerminal: boolean, isWorkflow: boolean): ChangeLine | undefined {
  if (isTerminal) {
    return isWorkflow
      ? (line) => Buffer.from(neutralizeCommand(toTerminalLine(line)))
      : (line) => Buffer.from(toTerminalLine(line));
  }
  return isWorkflow ? neutralizeBytes : undefined;
}

export function toTerminalLine(line: Buffer): string {
  return toColoredLine(line.toString("utf8"));
}

/** To the runner a carriage return ends a line too. */
function neutralizeBytes(line: Buffer): Buffer {
  return Buffer.from(line.toString("latin1").split("\r").map(neutralizeCommand).join("\r"), "latin1");
}

/** The same JSON with nothing in it that a terminal acts on. */
export function toTerminalJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
