// SPDX-License-Identifier: Apache-2.0
import { eastAsianWidth } from "get-east-asian-width";

/** A character may be made of any number of code points; more than so many for each column are cut off. */
const MAX_UNITS_PER_COLUMN = 16;
const TAB_STOP = 8;

/** Made when it is first needed: it takes as long as the rest of a short command. */
let segmenter: Intl.Segmenter | undefined;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
const COLOR = /\u001b\[[0-9:;]*m/y;
const ZERO_WIDTH = /^(?:\p{Mark}|\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Surrogate})/u;
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[0-9#*]\ufe0f\u20e3)/u;

/** Text in so many columns. */
export interface CutText {
  readonly text: string;
  readonly width: number;
}

/**
 * As much of a text as fits, in columns of a terminal. Colours are kept whole, and those that a cut leaves open are
 * ended. Control characters other than colours must be gone; a tab becomes blanks.
 */
export function cutText(text: string, columns: number): CutText {
  if (isPrintableAscii(text, columns)) return { text, width: text.length };
  let cut = "";
  let width = 0;
  let colored = false;
  let rest = text.slice(0, Math.max(columns, 0) * MAX_UNITS_PER_COLUMN);
  const isWhole = rest.length === text.length;
  while (rest !== "") {
    COLOR.lastIndex = 0;
    const color = COLOR.exec(rest)?.[0];
    if (color !== undefined) {
      cut += color;
      colored = true;
      rest = rest.slice(color.length);
      continue;
    }
    const end = rest.indexOf("\u001b", 1);
    const run = end < 0 ? rest : rest.slice(0, end);
    segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
    for (const { segment } of segmenter.segment(run)) {
      const piece = segment === "\t" ? " ".repeat(TAB_STOP - (width % TAB_STOP)) : segment;
      const pieceWidth = segment === "\t" ? piece.length : characterWidth(segment);
      if (width + pieceWidth > columns) return { text: colored ? `${cut}\u001b[0m` : cut, width };
      cut += piece;
      width += pieceWidth;
    }
    rest = rest.slice(run.length);
  }
  return { text: colored && !isWhole ? `${cut}\u001b[0m` : cut, width };
}

/** In columns. */
export function textWidth(text: string): number {
  return cutText(text, Number.MAX_SAFE_INTEGER).width;
}

function isPrintableAscii(text: string, columns: number): boolean {
  return text.length <= columns && /^[ -~]*$/.test(text);
}

/** Of a grapheme, as most terminals show it: an emoji of several parts has the width of one. */
function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f && character.length === 1) return 1;
  if (EMOJI.test(character)) return 2;
  if (ZERO_WIDTH.test(character)) return 0;
  return eastAsianWidth(code);
}
