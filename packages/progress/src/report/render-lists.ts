// SPDX-License-Identifier: Apache-2.0
import { formatDuration, formatShare } from "./format.js";
import { type Html, html } from "./html.js";
import type { ReportData } from "./report-data.js";

/** Of the critical path, those that count most. */
const MAX_PATH_STEPS = 5;

interface Entry {
  readonly step: number;
  readonly ms: number;
}

/** The steps that count most: of the critical path, and by themselves. */
export function renderLists(data: ReportData): Html | undefined {
  const slowest = data.slowest.map((step) => ({ step, ms: data.steps[step]?.tookMs ?? 0 }));
  if (slowest.length === 0) return undefined;
  return html`<div class="lists">
${renderList("Critical path", "what the build waited for, in order", findPathEntries(data), data)}
${renderList("Slowest steps", "by their own time", slowest, data)}
</div>`;
}

function findPathEntries({ criticalPath: { steps } }: ReportData): readonly Entry[] {
  const longest = steps.toSorted((a, b) => b.waitedMs - a.waitedMs).slice(0, MAX_PATH_STEPS);
  return steps
    .filter((step) => longest.includes(step) && step.waitedMs > 0)
    .map(({ step, waitedMs }) => ({ step, ms: waitedMs }));
}

function renderList(title: string, note: string, entries: readonly Entry[], data: ReportData): Html {
  const longestMs = Math.max(...entries.map(({ ms }) => ms), 1);
  return html`<section><h2>${title} <small>${note}</small></h2>
<ol>${entries.map((entry) => renderEntry(entry, longestMs, data))}</ol></section>`;
}

function renderEntry({ step, ms }: Entry, longestMs: number, data: ReportData): Html {
  const width = Math.max((ms / longestMs) * 100, 1).toFixed(1);
  return html`<li><button type="button" class="step-link" data-step="${step}">${renderName(data, step)}
<svg class="share${data.steps[step]?.isCritical === true && " critical"}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="1"/></svg>
<span class="took">${formatDuration(ms)}</span><span class="part">${formatShare(ms, data.wallMs)}</span></button></li>`;
}

function renderName({ steps, groups }: ReportData, at: number): Html {
  const step = steps[at];
  const group = groups[step?.group ?? -1];
  const where = [group?.platform, step?.number ? group?.name : undefined].filter(
    (word) => word !== undefined,
  );
  return html`<span class="name"><code>${step?.command ?? ""}</code>${where.length > 0 && html` <small>${where.join(" ")}</small>`}</span>`;
}
