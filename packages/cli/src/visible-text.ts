// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";
import type { ContextPath } from "@bk/client";

/** What a terminal acts on, or what cannot be seen: control and format characters, line and paragraph separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A path for a terminal, on one line: `\u{1b}` for an invisible character, `\xff` for a byte that is not UTF-8. */
export function toVisiblePath({ path, pathBase64 }: ContextPath): string {
  return toVisibleText(pathBase64 === undefined ? path : escapeBytes(Buffer.from(pathBase64, "base64")));
}

export function toVisibleText(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** JSON whose text, too, holds nothing that a terminal acts on. */
export function toVisibleJson(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, escapeInJson);
}

/** JSON that someone else wrote, in its own layout: line feeds and tabs stay. */
export function toVisibleJsonText(json: string): string {
  return json
    .replaceAll("\r", "")
    .replace(INVISIBLE, (char) => (/[\n\t]/.test(char) ? char : escapeInJson(char)));
}

function escapeInJson(char: string): string {
  return char
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function escapeBytes(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const width = [1, 2, 3, 4].find(
      (width) => at + width <= bytes.length && isUtf8(bytes.subarray(at, at + width)),
    );
    text +=
      width === undefined
        ? `\\x${bytes.toString("hex", at, at + 1)}`
        : bytes.toString("utf8", at, at + width);
    at += width ?? 1;
  }
  return text;
}
