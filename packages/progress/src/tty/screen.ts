// SPDX-License-Identifier: Apache-2.0
import type { Line } from "./format-entry.js";
import type { Palette } from "./palette.js";
import { textWidth } from "./text-width.js";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The lines at the end of a terminal that are written again and again. The cursor stands below them. */
export interface Screen {
  /** What to write so that the lines stand there. There must be fewer than the screen has. */
  paint(lines: readonly Line[], size: ScreenSize): string;
  /** What to write so that the lines, however many, stay there for good. */
  finish(lines: readonly Line[], size: ScreenSize): string;
}

// Within one piece of output the cursor is hidden and lines do not wrap, so that whatever ends the program leaves the
// terminal as it was, and no character that is wider than expected moves what follows.
const BEGIN = "\u001b[?25l\u001b[?7l\r";
const END = "\u001b[?7h\u001b[?25h";
const LINE_END = "\r\n";
const CLEAR_LINE = "\u001b[2K";
// Comes last: some terminals that are cleared from their first line on keep a copy of what was there.
const CLEAR_BELOW = "\u001b[J";

export function createScreen(palette: Palette): Screen {
  let painted: readonly string[] = [];
  let shown: readonly Line[] = [];
  let size: ScreenSize | undefined;

  function goToStart(next: ScreenSize): string {
    const rows = size === undefined ? 0 : rowsTaken(shown, size.columns, next.columns);
    // Those above the screen cannot be reached.
    return goUp(Math.min(rows, Math.max(next.rows - 1, 0)));
  }

  return {
    paint(lines, next) {
      const isResized = size !== undefined && (size.columns !== next.columns || size.rows !== next.rows);
      const start = goToStart(next);
      const texts = lines.map((line) => formatLine(line, next.columns, palette));
      const changes = texts.map((text, at) =>
        !isResized && painted[at] === text ? LINE_END : CLEAR_LINE + text + LINE_END,
      );
      painted = texts;
      shown = lines;
      size = next;
      return BEGIN + start + changes.join("") + CLEAR_BELOW + END;
    },
    finish(lines, next) {
      const start = goToStart(next);
      const texts = lines.map((line) => CLEAR_LINE + formatLine(line, next.columns, palette) + LINE_END);
      painted = [];
      shown = [];
      return BEGIN + start + texts.join("") + CLEAR_BELOW + END;
    },
  };
}

/** A terminal that became narrower has broken the lines that were wider. */
function rowsTaken(lines: readonly Line[], before: number, now: number): number {
  if (now >= before) return lines.length;
  const widths = lines.map(({ text, timer }) => (timer === "" ? textWidth(text) : before - 1));
  return widths.reduce((sum, width) => sum + Math.max(Math.ceil(width / Math.max(now, 1)), 1), 0);
}

function goUp(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : "";
}

/** The timer is put at its column, however wide the terminal takes the text for. */
function formatLine({ text, timer, color }: Line, columns: number, palette: Palette): string {
  const end = timer === "" ? "" : `\u001b[${Math.max(columns - textWidth(timer), 1)}G${timer}`;
  const parameters = color === undefined ? "" : palette[color];
  return parameters === "" ? text + end : `\u001b[${parameters}m${text}${end}\u001b[0m`;
}
