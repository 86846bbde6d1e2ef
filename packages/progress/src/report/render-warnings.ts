// SPDX-License-Identifier: Apache-2.0
import { formatCount } from "./format.js";
import { type Html, html } from "./html.js";
import { renderIcon } from "./render-icons.js";
import { renderSource } from "./render-source.js";
import type { ReportData, ReportWarning } from "./report-data.js";

/** Of the warnings that are folded away, so many are named. */
const MAX_NAMES = 3;

/** Folded away: what is said of the Dockerfile seldom is why somebody looks at a build. */
export function renderWarnings({ warnings }: Pick<ReportData, "warnings">): Html | undefined {
  if (warnings.length === 0) return undefined;
  return html`<details class="warnings">
<summary><h2>${renderIcon("warning")}${formatCount(warnings.length, "warning")}</h2> ${nameWarnings(warnings)}</summary>
<ul>${warnings.map(renderWarning)}</ul>
</details>`;
}

/** The rules of the Dockerfile's frontend have names: `JSONArgsRecommended: JSON arguments ...`. */
function nameWarnings(warnings: readonly ReportWarning[]): string {
  const names = new Set(warnings.flatMap(({ text }) => /^([A-Z]\w{3,50}): /.exec(text)?.[1] ?? []));
  const shown = [...names].slice(0, MAX_NAMES).join(", ");
  return names.size > MAX_NAMES ? `${shown} and others` : shown;
}

function renderWarning({ text, detail, url, step, source }: ReportWarning): Html {
  return html`<li>
<div><p class="warning-text">${text}</p>
${detail.map((line) => html`<p>${line}</p>`)}
<p class="actions">${step !== undefined && html`<button type="button" data-step="${step}">Show the step</button>`}${
    url !== undefined && html`<a href="${url}" rel="noopener noreferrer">About this warning</a>`
  }</p></div>
${source && renderSource(source)}
</li>`;
}
