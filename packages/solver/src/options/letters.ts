// SPDX-License-Identifier: Apache-2.0

/**
 * Lower case letter by letter, as the daemon does: toLowerCase() looks at the letters around a sigma, and makes two
 * characters of a dotted capital I.
 */
export function toLowerLetters(text: string): string {
  return Array.from(text, (letter) => (letter === "\u0130" ? "i" : letter.toLowerCase())).join("");
}
