// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatNumber } from "./format.js";
import { type Html, html } from "./html.js";
import { renderIcon } from "./render-icons.js";
import { renderLists } from "./render-lists.js";
import type { ReportData } from "./report-data.js";

const FILTERS = [
  ["all", "All"],
  ["ran", "Ran"],
  ["cached", "Cached"],
  ["failed", "Failed"],
  ["critical", "Critical path"],
] as const;

const LEGEND = [
  ["ran", "ran"],
  ["critical", "ran, on the critical path"],
  ["cached", "from cache"],
  ["failed", "failed"],
  ["canceled", "canceled"],
  ["unfinished", "unfinished"],
] as const;

const KEYS = [
  [["↑", "↓"], "move between steps"],
  [["Enter"], "open the step and its output"],
  [["Esc"], "close it"],
  [["←", "→"], "fold and unfold a stage"],
  [["/"], "filter"],
  [["+", "−", "0"], "zoom in, out, and back"],
  [["Z"], "zoom to the step"],
] as const;

/** Lists of the steps that count most, and what the page's script fills with rows. */
export function renderTimeline(data: ReportData): Html {
  return html`${renderLists(data)}
<section class="timeline" aria-labelledby="timeline-title">
<div class="toolbar">
<h2 id="timeline-title">Timeline</h2>
<input type="search" id="filter" placeholder="Filter steps" aria-label="Filter steps" aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
<fieldset class="choices"><legend>Steps to show</legend>${FILTERS.filter(
    ([name]) => countOf(data, name) > 0,
  ).map(
    ([name, label]) =>
      html`<label><input type="radio" name="phase" value="${name}"${name === "all" && html` checked`}><span>${label} <small>${formatNumber(countOf(data, name))}</small></span></label>`,
  )}</fieldset>
<div class="buttons" role="group" aria-label="Zoom"><button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="zoom-reset">Whole build</button><button type="button" id="zoom-in" aria-label="Zoom in">+</button></div>
</div>
<p class="shown" role="status" id="shown"></p>
<div class="split">
<div class="chart" id="chart"></div>
<aside id="details" aria-label="The selected step" hidden></aside>
</div>
<noscript><p>The timeline needs JavaScript. What is above does not.</p></noscript>
<footer>
<ul class="legend" aria-label="Legend">${LEGEND.filter(
    ([name]) => name === "critical" || data.totals.phases[name] > 0,
  ).map(
    ([name, text]) => html`<li>${renderIcon(name)}<span class="swatch bar-${name}"></span>${text}</li>`,
  )}</ul>
<ul class="keys" aria-label="Keys">${KEYS.map(
    ([keys, text]) => html`<li>${keys.map((key) => html`<kbd>${key}</kbd>`)} ${text}</li>`,
  )}</ul>
${data.dropped > 0 && html`<p>${formatCount(data.dropped, "step or transfer")} beyond what a report keeps were left out.</p>`}
</footer>
</section>`;
}

function countOf({ totals, criticalPath, failure }: ReportData, filter: (typeof FILTERS)[number][0]): number {
  const { phases, steps } = totals;
  if (filter === "all") return steps;
  if (filter === "critical") return criticalPath.steps.length;
  if (filter === "failed") return failure ? phases.failed + phases.canceled : phases.failed;
  return filter === "ran" ? phases.ran : phases.cached;
}
