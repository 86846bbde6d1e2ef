// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount, formatDuration, formatNumber, formatRate, formatShare } from "./format.js";
import { type Html, html } from "./html.js";
import { renderIcon } from "./render-icons.js";
import type { ReportData, ReportOutcome } from "./report-data.js";

const OUTCOMES = {
  completed: { text: "Completed", icon: "ran" },
  failed: { text: "Failed", icon: "failed" },
  canceled: { text: "Canceled by the daemon", icon: "canceled" },
  interrupted: { text: "Interrupted", icon: "unfinished" },
} as const satisfies Record<ReportOutcome, object>;

/** How the build ended, and what it came to. */
export function renderHeader(data: ReportData): Html {
  const { text, icon } = OUTCOMES[data.outcome];
  return html`<header>
<div class="headline">
<p class="outcome outcome-${data.outcome}">${renderIcon(icon)}${text}</p>
<h1>${data.title}</h1>
<p class="meta">${data.startedAt !== undefined && renderDate(data.startedAt)}${
    data.ref !== undefined && html`<span>build <code>${data.ref}</code></span>`
  }</p>
</div>
<dl class="tiles">${renderTiles(data)}</dl>
</header>`;
}

function renderDate(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

function renderTiles({ totals, wallMs, criticalPath, concurrency, steps }: ReportData): readonly Html[] {
  const { phases } = totals;
  const rates = steps.flatMap(({ transfers }) => transfers.map(({ bytesPerSecond = 0 }) => bytesPerSecond));
  const fastest = rates.reduce((a, b) => Math.max(a, b), 0);
  return [
    tile("Took", formatDuration(wallMs), `${formatShare(criticalPath.ms, wallMs)} on the critical path`),
    tile("Steps", formatNumber(totals.steps), formatPhases(phases)),
    tile(
      "From cache",
      formatShare(phases.cached, totals.steps),
      `${formatNumber(phases.cached)} of ${formatCount(totals.steps, "step")}`,
    ),
    tile(
      "In parallel",
      formatShare(concurrency.parallelMs, wallMs),
      concurrency.max > 1 ? `up to ${concurrency.max} steps at once` : "one step at a time",
    ),
    tile("Work", formatDuration(totals.stepMs), "if run one by one"),
    tile(
      "Transferred",
      formatBytes(totals.transferredBytes),
      fastest > 0 ? `at up to ${formatRate(fastest)}` : "no rates measured",
    ),
  ];
}

function formatPhases(phases: ReportData["totals"]["phases"]): string {
  const counts = [
    [phases.ran, "ran"],
    [phases.cached, "cached"],
    [phases.failed, "failed"],
    [phases.canceled, "canceled"],
    [phases.unfinished, "unfinished"],
    [phases.pending, "not begun"],
  ] as const;
  const told = counts.filter(([count]) => count > 0);
  return told.map(([count, word]) => `${formatNumber(count)} ${word}`).join(", ");
}

function tile(label: string, value: string, note: string): Html {
  return html`<div class="tile"><dt>${label}</dt><dd><span class="value">${value}</span><span class="note">${note}</span></dd></div>`;
}
