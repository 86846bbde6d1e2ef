// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDuration } from "../format.js";
import type { PageData } from "./data.js";
import { byId, element, svg } from "./dom.js";
import { findTicks, formatTick } from "./ticks.js";

export interface Zoom {
  /** For the top of the chart: the build in small, of which a part can be chosen with the mouse. */
  readonly overview: HTMLElement;
  /** For the head of the timeline's column. */
  readonly axis: HTMLElement;
  /** For behind the rows. */
  readonly lines: HTMLElement;
  /** Shows less (a factor below 1) or more, around the middle. */
  by(factor: number): void;
  toRange(startMs: number, endMs: number): void;
  reset(): void;
}

/** Of the build's time, the least that can be shown. */
const MIN_SPAN = 1e-4;
const PX_PER_TICK = 70;
/** With less room than this on its right, the text of a tick is on its left. */
const LAST_TICK_PX = 44;
/** Less than that is a click. */
const MIN_DRAG = 0.005;

/** Chooses which part of the build's time `chart` shows. */
export function createZoom(data: PageData, chart: HTMLElement): Zoom {
  const axis = element("div", { class: "axis", "aria-hidden": "true" });
  const lines = element("div", { class: "grid-lines", "aria-hidden": "true" });
  const shade = element("div", { class: "window" });
  const overview = element("div", { class: "overview", title: "Drag to zoom" }, createProfile(data), shade);
  let from = 0;
  let span = 1;

  function show(nextFrom: number, nextSpan: number): void {
    span = Math.min(Math.max(nextSpan, MIN_SPAN), 1);
    from = Math.min(Math.max(nextFrom, 0), 1 - span);
    for (const [name, value] of [
      ["--from", from],
      ["--span", span],
    ] as const)
      chart.style.setProperty(name, String(value));
    chart.classList.toggle("zoomed", span < 1);
    byId<HTMLButtonElement>("zoom-reset").disabled = span === 1;
    byId<HTMLButtonElement>("zoom-out").disabled = span === 1;
    drawTicks();
  }

  function drawTicks(): void {
    const width = axis.clientWidth || 600;
    const { wallMs } = data;
    const ticks = findTicks(
      from * wallMs,
      (from + span) * wallMs,
      Math.max(2, Math.floor(width / PX_PER_TICK)),
    );
    const place = (child: HTMLElement, ms: number) => {
      const share = (ms / wallMs - from) / span;
      child.style.left = `${share * 100}%`;
      child.classList.toggle("last", (1 - share) * width < LAST_TICK_PX);
      return child;
    };
    axis.replaceChildren(...ticks.map((ms) => place(element("span", { class: "tick" }, formatTick(ms)), ms)));
    lines.replaceChildren(...ticks.map((ms) => place(element("span"), ms)));
  }

  new ResizeObserver(drawTicks).observe(axis);
  listenDrag(overview, shade, (start, end) => show(start, end - start));
  overview.addEventListener("dblclick", () => show(0, 1));
  return {
    overview,
    axis,
    lines,
    by: (factor) => show(from + (span - span * factor) / 2, span * factor),
    toRange(startMs, endMs) {
      const length = Math.max((endMs - startMs) / (data.wallMs || 1), MIN_SPAN);
      show(startMs / (data.wallMs || 1) - length * 0.1, length * 1.2);
    },
    reset: () => show(0, 1),
  };
}

/** How many steps ran at once, as an area. */
function createProfile({ concurrency: { profile, max }, wallMs }: PageData): HTMLElement {
  // Some room above the highest, which is then seen to be it.
  const top = Math.max(max, 1) * 1.2;
  const path = profile.map((count, at) => `L${at} ${top - count}L${at + 1} ${top - count}`).join("");
  const area = svg(
    "svg",
    { viewBox: `0 0 ${profile.length || 1} ${top}`, preserveAspectRatio: "none", class: "profile" },
    svg("path", { d: `M0 ${top}${path}L${profile.length} ${top}Z` }),
  );
  const text = `Over ${formatDuration(wallMs)}, up to ${formatCount(max, "step")} ran at once`;
  const picture = element("div", { class: "picture", role: "img", "aria-label": text });
  picture.append(area);
  return picture;
}

/** Lets a part be marked with the mouse or a finger, as parts of the width. */
function listenDrag(
  area: HTMLElement,
  shade: HTMLElement,
  choose: (start: number, end: number) => void,
): void {
  let startedAt: number | undefined;
  const at = (event: PointerEvent) => {
    const { left, width } = area.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - left) / width, 0), 1);
  };
  const mark = (start: number, end: number) => {
    shade.style.setProperty("--drag-start", String(start));
    shade.style.setProperty("--drag-length", String(end - start));
  };
  area.addEventListener("pointerdown", (event) => {
    startedAt = at(event);
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener("pointermove", (event) => {
    if (startedAt === undefined) return;
    shade.classList.add("dragged");
    mark(Math.min(startedAt, at(event)), Math.max(startedAt, at(event)));
  });
  area.addEventListener("pointercancel", () => {
    startedAt = undefined;
    shade.classList.remove("dragged");
  });
  area.addEventListener("pointerup", (event) => {
    const [a, b] = [startedAt ?? at(event), at(event)];
    startedAt = undefined;
    shade.classList.remove("dragged");
    if (Math.abs(a - b) >= MIN_DRAG) choose(Math.min(a, b), Math.max(a, b));
  });
}
