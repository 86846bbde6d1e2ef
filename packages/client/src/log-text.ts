// SPDX-License-Identifier: Apache-2.0

/** A line longer than this is shown in pieces. */
const MAX_LINE_CHARS = 64 << 10;

/** Escape sequences that set colours, which logs may use. */
const COLOR = "\\x1b\\[[0-9;:]*m";
/** Everything else that a terminal would act on: other escape sequences, strings for it, and control characters. */
const CONTROL =
  "\\x1b\\[[0-?]*[ -/]*[@-~]|\\x1b[PX^_\\]][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?|\\x1b[ -/]*[0-~]?|[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]";
const COLOR_OR_CONTROL = new RegExp(`(${COLOR})|${CONTROL}`, "g");

/** Untrusted text, safe for a terminal: one line, no control sequences but colours. */
export function toSafeText(text: string): string {
  return text
    .replace(COLOR_OR_CONTROL, (_match, color: string | undefined) => color ?? "")
    .replaceAll("\n", " ");
}

/** Cuts the output of a step, which comes in arbitrary pieces, into lines that are safe to show. */
export interface LineSplitter {
  /** The lines that `data` completes. */
  split(data: Uint8Array): readonly string[];
  /** What has come since the last line break, if anything. The next piece begins a new line. */
  flush(): readonly string[];
}

export function createLineSplitter(): LineSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  const toLine = (text: string) => toSafeText(lastOverwrite(text));
  return {
    split(data) {
      const lines = (rest + decoder.decode(data, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE_CHARS) {
        lines.push(rest);
        rest = "";
      }
      return lines.map(toLine);
    },
    flush() {
      const last = rest;
      rest = "";
      return last === "" ? [] : [toLine(last)];
    },
  };
}

/** Of a line that was overwritten with carriage returns, what remains to be seen. */
function lastOverwrite(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
}
