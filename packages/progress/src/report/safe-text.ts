// SPDX-License-Identifier: Apache-2.0
import { toColoredLine, toPlainLine } from "@bk/solver";

/**
 * Output of a step as text: bytes that are not UTF-8 replaced, of lines that were overwritten what was written last,
 * and no control sequences but colours, which end with their line. Lines end with `\n`.
 */
export function toLogText(data: Uint8Array): string {
  return new TextDecoder().decode(data).split("\n").map(toColoredLine).join("\n");
}

/** Untrusted text without any control sequence, on one line. */
export function toLineText(text: string): string {
  return toPlainLine(text.replace(/[\n\r]+/g, " "));
}

/** As `toLineText`, line by line. */
export function toPlainText(text: string): string {
  return text.split("\n").map(toLineText).join("\n");
}
