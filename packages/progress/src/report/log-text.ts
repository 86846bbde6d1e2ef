// SPDX-License-Identifier: Apache-2.0

/** Escape sequences that set colours, which logs may use. */
const COLOR = "\\x1b\\[[0-9;:]{0,64}m";
/** Everything else that a terminal would act on: other escape sequences, strings for it, and control characters. */
const CONTROL =
  "\\x1b\\[[0-?]*[ -/]*[@-~]|\\x1b[PX^_\\]][^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?|\\x1b[ -/]*[0-~]?|[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]";
const COLOR_OR_CONTROL = new RegExp(`(${COLOR})|${CONTROL}`, "g");

/**
 * Output of a step as text: bytes that are not UTF-8 replaced, of lines that were overwritten what was written last,
 * and no control sequences but colours. Lines end with `\n`.
 */
export function toLogText(data: Uint8Array): string {
  return new TextDecoder().decode(data).split("\n").map(toLogLine).join("\n");
}

function toLogLine(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text
    .slice(text.lastIndexOf("\r") + 1)
    .replace(COLOR_OR_CONTROL, (_match, color: string | undefined) => color ?? "");
}

/** Untrusted text without any control sequence. Line feeds become spaces. */
export function toLineText(text: string): string {
  return text.replace(/[\n\r]+/g, " ").replace(COLOR_OR_CONTROL, "");
}

/** As `toLineText`, line by line. */
export function toPlainText(text: string): string {
  return text.split("\n").map(toLineText).join("\n");
}
