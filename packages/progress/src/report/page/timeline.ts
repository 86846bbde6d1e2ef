// SPDX-License-Identifier: Apache-2.0
import { formatNumber } from "../format.js";
import type { PageData } from "./data.js";
import { byId, element } from "./dom.js";
import { type Filter, findSteps } from "./filter.js";
import { createRows } from "./rows.js";
import type { Zoom } from "./zoom.js";

/** The rows of the chart, of which one has the focus or would get it. */
export interface Timeline {
  readonly grid: HTMLElement;
  /** The row that has the focus, or would get it. */
  readonly current: HTMLElement | undefined;
  /** Rows that can be seen, from top to bottom. */
  visibleRows(): readonly HTMLElement[];
  /** Makes a row the current one. */
  moveTo(row: HTMLElement): void;
  /** Makes the row of a step the current one, even if it was folded away or filtered out. */
  reveal(step: number): void;
  setFilter(filter: Filter): void;
  toggleGroup(row: HTMLElement, open: boolean): void;
}

export function createTimeline(data: PageData, zoom: Zoom): Timeline {
  const rows = createRows(data);
  const stepRows = new Map(
    rows.flatMap((row) => (row.dataset["step"] ? [[Number(row.dataset["step"]), row]] : [])),
  );
  const folded = new Set<number>();
  let found = findSteps(data, { text: "", phase: "all" });
  let current: HTMLElement | undefined;

  const body = element("div", { role: "rowgroup", class: "rows" }, ...rows);
  const grid = element(
    "div",
    { role: "treegrid", class: "grid", "aria-labelledby": "timeline-title" },
    element("div", { role: "rowgroup", class: "head" }, createHead(zoom)),
    zoom.lines,
    body,
  );

  function refresh(): void {
    for (const row of rows) {
      const at = Number(row.dataset["step"] ?? Number.NaN);
      const group = data.steps[at]?.group ?? Number(row.dataset["group"]);
      const step = data.groups[group];
      row.hidden = Number.isNaN(at)
        ? !hasFound(step?.first ?? 0, step?.count ?? 0)
        : !found.has(at) || folded.has(group);
      if (Number.isNaN(at)) row.setAttribute("aria-expanded", String(!folded.has(group)));
    }
    const total = data.steps.length;
    byId("shown").textContent =
      found.size === total ? "" : `${formatNumber(found.size)} of ${formatNumber(total)} steps`;
    if (!current || current.hidden) setCurrent(visibleRows()[0]);
  }

  function hasFound(first: number, count: number): boolean {
    for (let at = first; at < first + count; at++) if (found.has(at)) return true;
    return false;
  }

  function setCurrent(row: HTMLElement | undefined): void {
    current?.setAttribute("tabindex", "-1");
    if (current?.dataset["step"]) current.setAttribute("aria-selected", "false");
    current = row;
    row?.setAttribute("tabindex", "0");
    if (row?.dataset["step"]) row.setAttribute("aria-selected", "true");
  }

  const visibleRows = () => rows.filter((row) => !row.hidden);
  refresh();
  return {
    grid,
    get current() {
      return current;
    },
    visibleRows,
    moveTo(row) {
      setCurrent(row);
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    },
    reveal(step) {
      const row = stepRows.get(step);
      if (!row) return;
      folded.delete(data.steps[step]?.group ?? -1);
      if (!found.has(step)) found = new Set([...found, step]);
      setCurrent(row);
      refresh();
      row.scrollIntoView({ block: "nearest" });
    },
    setFilter(filter) {
      found = findSteps(data, filter);
      refresh();
    },
    toggleGroup(row, open) {
      const group = Number(row.dataset["group"]);
      if (open) folded.delete(group);
      else folded.add(group);
      refresh();
    },
  };
}

function createHead({ axis }: Zoom): HTMLElement {
  return element(
    "div",
    { role: "row", class: "row" },
    element("div", { role: "columnheader", class: "cell name" }, "Step"),
    element("div", { role: "columnheader", class: "cell took" }, "Took"),
    element("div", { role: "columnheader", class: "cell lane", "aria-label": "Time" }, axis),
  );
}
