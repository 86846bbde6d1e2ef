// SPDX-License-Identifier: Apache-2.0
/// <reference path="./page-text.d.ts" />
import { type Html, html, toCspHash, toEmbeddedJson } from "./html.js";
import script from "./page/main.ts?text";
import style from "./page/report.css?text";
import { renderFailure } from "./render-failure.js";
import { renderHeader } from "./render-header.js";
import { renderIcons } from "./render-icons.js";
import { renderTimeline } from "./render-timeline.js";
import { renderWarnings } from "./render-warnings.js";
import type { ReportData } from "./report-data.js";

/**
 * One page that needs nothing else and asks for nothing: its policy forbids every request, and lets run only the script
 * and the style that it holds, by their hashes. Whatever steps and their output hold is text in it.
 */
export function renderReport(data: ReportData): string {
  const { steps, ...rest } = data;
  const logs = steps.map(({ log }) => log);
  const page = { ...rest, steps: steps.map((step) => ({ ...step, log: "" })) };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${toPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
${html`<title>${OUTCOMES[data.outcome]}: ${data.title}</title>`.markup}
<style>${style}</style>
</head>
<body>
${renderBody(data).markup}
<script type="application/json" id="report-data">${toEmbeddedJson(page)}</script>
<script type="application/json" id="report-logs">${toEmbeddedJson(logs)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const OUTCOMES = {
  completed: "Completed",
  failed: "Failed",
  canceled: "Canceled",
  interrupted: "Interrupted",
} as const;

/** The empty icon, which keeps a browser from asking for one, is all that is loaded from anywhere. */
function toPolicy(): string {
  return [
    "default-src 'none'",
    `script-src ${toCspHash(script)}`,
    `style-src ${toCspHash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function renderBody(data: ReportData): Html {
  return html`${renderIcons()}
${renderHeader(data)}
<main>
${data.failure && renderFailure(data.failure)}
${renderWarnings(data)}
${renderTimeline(data)}
</main>`;
}
