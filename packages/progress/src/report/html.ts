// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is safe to put into a page as it is. Made by `html` only. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[] | undefined | false;

/** A template of markup. What is put into it is text, unless it is markup itself; nothing for undefined and false. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = literals.map((literal, at) => literal + toMarkup(parts[at]));
  return { markup: markup.join("") };
}

function toMarkup(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/**
 * JSON for a script element. Nothing in it can end the element or begin a comment: a `<` is only ever inside a string,
 * where it may be written as an escape.
 */
export function toEmbeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** As a Content-Security-Policy names the content of an inline script or style. */
export function toCspHash(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
