// SPDX-License-Identifier: Apache-2.0
import type { SourceSnippet } from "@bk/solver";
import { type Html, html } from "./html.js";

/** Lines of the Dockerfile, of which those that are meant are marked. */
export function renderSource({ filename, line, lines }: SourceSnippet): Html {
  return html`<figure class="source">
<figcaption>${filename}:${line}</figcaption>
<div class="lines">${lines.map(
    ({ line: number, text, marked }) =>
      html`<div class="${marked ? "line marked" : "line"}"><span class="number">${number}</span><code>${text}</code></div>`,
  )}</div>
</figure>`;
}
