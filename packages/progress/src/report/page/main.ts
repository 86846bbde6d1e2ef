// SPDX-License-Identifier: Apache-2.0
// The script of the page: reads what was written into it, draws the timeline, and answers mouse and keyboard.
import { readData } from "./data.js";
import { createDetails } from "./details.js";
import { byId, element } from "./dom.js";
import { listenKeys } from "./keys.js";
import { createTimeline } from "./timeline.js";
import { createZoom } from "./zoom.js";

const data = readData();
const chart = byId("chart");
const filter = byId<HTMLInputElement>("filter");
const zoom = createZoom(data, chart);
const timeline = createTimeline(data, zoom);
const details = createDetails(byId("details"), data, { onSelect: open, onClose: close });
const label = element("p", { class: "overview-label" }, `Steps at once, up to ${data.concurrency.max}`);
chart.append(label, zoom.overview, timeline.grid);
zoom.reset();

function currentStep(): number | undefined {
  const step = timeline.current?.dataset["step"];
  return step === undefined ? undefined : Number(step);
}

/** Shows a step from wherever it was asked for, and goes there. */
function open(step: number): void {
  showDetails(step);
  timeline.reveal(step);
  details.focus();
}

function showDetails(step: number): void {
  details.show(step);
  byId("details").parentElement?.classList.add("open");
}

function close(): void {
  if (details.step === undefined) return;
  details.hide();
  byId("details").parentElement?.classList.remove("open");
  if (timeline.current) timeline.moveTo(timeline.current);
}

function zoomTo(step: number): void {
  const { intervals = [] } = data.steps[step] ?? {};
  zoom.toRange(intervals[0]?.[0] ?? 0, intervals.at(-1)?.[1] ?? data.wallMs);
}

function applyFilter(): void {
  const phase = document.querySelector<HTMLInputElement>("input[name=phase]:checked")?.value ?? "all";
  timeline.setFilter({ text: filter.value, phase });
}

listenKeys(timeline, {
  onMove() {
    const step = currentStep();
    if (step !== undefined && details.step !== undefined) details.show(step);
  },
  open,
  zoomBy: zoom.by,
  zoomTo,
  zoomReset: zoom.reset,
});
timeline.grid.addEventListener("click", (event) => {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>(".rows > .row") : null;
  if (!row) return;
  const step = row.dataset["step"];
  if (step !== undefined) showDetails(Number(step));
  timeline.moveTo(row);
  if (step === undefined) timeline.toggleGroup(row, row.getAttribute("aria-expanded") !== "true");
});
document.addEventListener("click", (event) => {
  const link =
    event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-step]") : null;
  if (link) open(Number(link.dataset["step"]));
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape") leave(event.target);
});

/** Escape: out of the filter, which it empties first; out of the step. */
function leave(target: EventTarget | null): void {
  if (target !== filter) close();
  else if (filter.value === "" && timeline.current) timeline.moveTo(timeline.current);
  else {
    filter.value = "";
    applyFilter();
  }
}

filter.addEventListener("input", applyFilter);
filter.addEventListener("keydown", (event) => {
  if ((event.key === "ArrowDown" || event.key === "Enter") && timeline.current) {
    event.preventDefault();
    timeline.moveTo(timeline.current);
  }
});
for (const choice of document.querySelectorAll("input[name=phase]"))
  choice.addEventListener("change", applyFilter);
byId("zoom-in").addEventListener("click", () => zoom.by(0.5));
byId("zoom-out").addEventListener("click", () => zoom.by(2));
byId("zoom-reset").addEventListener("click", zoom.reset);
