// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "./html.js";
import { renderIcon } from "./render-icons.js";
import { renderSource } from "./render-source.js";
import type { ReportFailure } from "./report-data.js";

/** Why the build failed: where, what it said, and what the step wrote last. */
export function renderFailure(failure: ReportFailure): Html {
  const { command, exitCode, step, message, sources, denyMessages, lastLines } = failure;
  return html`<section class="failure" aria-labelledby="failure-title">
<h2 id="failure-title">${renderIcon("failed")}${
    command !== undefined ? html`<code>${command}</code>` : "The build failed"
  }${exitCode !== undefined && html`<span class="exit">exit code ${exitCode}</span>`}</h2>
<p class="message">${message}</p>
${denyMessages.map((text) => html`<p class="message">${text}</p>`)}
<div class="evidence">
${sources.map(renderSource)}
${lastLines.length > 0 && html`<figure class="source"><figcaption>Last output</figcaption><pre class="lines output">${lastLines.join("\n")}</pre></figure>`}
</div>
${step !== undefined && html`<p><button type="button" data-step="${step}">Show the step with its whole output</button></p>`}
</section>`;
}
