// SPDX-License-Identifier: Apache-2.0
import type { Timeline } from "./timeline.js";

/** What keys in the timeline ask for, beside moving in it. */
export interface KeyActions {
  /** The current row is another now. */
  readonly onMove: () => void;
  readonly open: (step: number) => void;
  readonly zoomBy: (factor: number) => void;
  readonly zoomTo: (step: number) => void;
  readonly zoomReset: () => void;
}

const PAGE_ROWS = 10;

/** Keys of the timeline: arrows, Home, End, pages, Enter, and those of the zoom. */
export function listenKeys(timeline: Timeline, actions: KeyActions): void {
  timeline.grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = moveBy(timeline, event.key, actions) || act(timeline, event.key, actions);
    if (handled) event.preventDefault();
  });
}

function moveBy(timeline: Timeline, key: string, { onMove }: KeyActions): boolean {
  const rows = timeline.visibleRows();
  const at = timeline.current ? rows.indexOf(timeline.current) : -1;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE_ROWS,
    PageUp: at - PAGE_ROWS,
    Home: 0,
    End: rows.length - 1,
  };
  const target = targets[key];
  const row = target === undefined ? undefined : rows[Math.min(Math.max(target, 0), rows.length - 1)];
  if (!row) return false;
  timeline.moveTo(row);
  onMove();
  return true;
}

function act(timeline: Timeline, key: string, actions: KeyActions): boolean {
  const row = timeline.current;
  const step = row?.dataset["step"] === undefined ? undefined : Number(row.dataset["step"]);
  if (key === "+" || key === "=") actions.zoomBy(0.5);
  else if (key === "-") actions.zoomBy(2);
  else if (key === "0") actions.zoomReset();
  else if (row && step === undefined) return actOnGroup(timeline, row, key, actions);
  else if (step === undefined) return false;
  else if (key === "Enter") actions.open(step);
  else if (key === "z" || key === "Z") actions.zoomTo(step);
  else if (key === "ArrowLeft") return moveToGroup(timeline, actions);
  else return false;
  return true;
}

function actOnGroup(timeline: Timeline, row: HTMLElement, key: string, actions: KeyActions): boolean {
  const isOpen = row.getAttribute("aria-expanded") === "true";
  if (key === "Enter" || key === " ") timeline.toggleGroup(row, !isOpen);
  else if (key === "ArrowLeft" && isOpen) timeline.toggleGroup(row, false);
  else if (key === "ArrowRight" && !isOpen) timeline.toggleGroup(row, true);
  else if (key === "ArrowRight") return moveBy(timeline, "ArrowDown", actions);
  else return false;
  return true;
}

function moveToGroup(timeline: Timeline, { onMove }: KeyActions): boolean {
  const rows = timeline.visibleRows();
  const at = timeline.current ? rows.indexOf(timeline.current) : -1;
  const group = rows.slice(0, Math.max(at, 0)).findLast((row) => row.dataset["group"] !== undefined);
  if (!group) return false;
  timeline.moveTo(group);
  onMove();
  return true;
}
