// SPDX-License-Identifier: Apache-2.0

/**
 * Lower case letter by letter, as the daemon does: toLowerCase() looks at the letters around a sigma, and makes two
 * characters of a dotted capital I.
 */
export function toLowerLetters(text: string): string {
  return Array.from(text, (letter) => (letter === "\u0130" ? "i" : letter.toLowerCase())).join("");
}

/** Without white space at the ends, as the daemon does: trim() leaves U+0085, and takes a byte-order mark. */
export function trimSpace(text: string): string {
  const isSpace = (letter: string) => letter !== "\ufeff" && /[\s\u0085]/.test(letter);
  const letters = Array.from(text);
  const start = letters.findIndex((letter) => !isSpace(letter));
  return start < 0
    ? ""
    : letters.slice(start, letters.findLastIndex((letter) => !isSpace(letter)) + 1).join("");
}
