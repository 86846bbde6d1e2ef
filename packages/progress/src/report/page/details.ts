// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatDuration, formatRate } from "../format.js";
import type { ReportStep, ReportTransfer } from "../report-data.js";
import type { PageData } from "./data.js";
import { element, icon } from "./dom.js";
import { createLogView } from "./log-view.js";
import { PHASES } from "./rows.js";
import { formatTick } from "./ticks.js";

export interface Details {
  /** The step that is shown, if any. */
  readonly step: number | undefined;
  show(step: number): void;
  /** Moves the focus into it. */
  focus(): void;
  hide(): void;
}

export interface DetailsEvents {
  /** A step that is linked to was chosen. */
  readonly onSelect: (step: number) => void;
  readonly onClose: () => void;
}

/** Of other steps that ran at the same time, those that did so longest. */
const MAX_BESIDE = 8;
const MAX_LINKS = 30;
const MAX_INTERVALS = 20;

/** Shows one step in `panel`. Its output is read from the page only now. */
export function createDetails(
  panel: HTMLElement,
  data: PageData,
  { onSelect, onClose }: DetailsEvents,
): Details {
  let shown: number | undefined;

  function show(at: number): void {
    const step = data.steps[at];
    if (!step || shown === at) return;
    shown = at;
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, icon("close"));
    close.addEventListener("click", onClose);
    panel.replaceChildren(
      element("div", { class: "details-head" }, createPhase(step), close),
      element("h2", { tabindex: -1 }, element("code", {}, step.command)),
      ...(step.error === "" ? [] : [element("p", { class: "message" }, step.error)]),
      createFacts(at, step, data),
      ...createTransfers(step.transfers),
      createLogView(data.logOf(at), step.logLeftOut),
    );
    panel.hidden = false;
    panel.scrollTop = 0;
  }

  panel.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-link]") : null;
    if (link instanceof HTMLElement) onSelect(Number(link.dataset["link"]));
  });
  return {
    get step() {
      return shown;
    },
    show,
    focus: () => panel.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true }),
    hide() {
      shown = undefined;
      panel.hidden = true;
      panel.replaceChildren();
    },
  };
}

function createPhase({ phase, isCritical }: ReportStep): HTMLElement {
  return element(
    "p",
    { class: `phase phase-${phase}` },
    icon(phase),
    PHASES[phase],
    ...(isCritical ? [icon("critical"), "critical path"] : []),
  );
}

function createFacts(at: number, step: ReportStep, data: PageData): HTMLElement {
  const { intervals, number, tookMs, inputs, digest } = step;
  const group = data.groups[step.group];
  const stage = [group?.platform, group?.name, number].filter((word) => word !== undefined && word !== "");
  return element(
    "dl",
    { class: "facts" },
    ...fact("Stage", stage.join(" ")),
    ...fact("Took", intervals.length === 0 ? "" : formatDuration(tookMs)),
    ...fact("Ran", formatRan(step)),
    ...fact("In parts", intervals.length < 2 ? "" : formatParts(intervals)),
    ...links("Uses", inputs, data),
    ...links("Used by", data.usersOf(at), data),
    ...links("Ran beside", findBeside(at, data), data, MAX_BESIDE),
    ...fact("Digest", digest),
  );
}

function fact(name: string, text: string): readonly HTMLElement[] {
  return text === "" ? [] : [element("dt", {}, name), element("dd", {}, text)];
}

function formatRan({ phase, intervals }: ReportStep): string {
  const [startMs, endMs] = [intervals[0]?.[0], intervals.at(-1)?.[1]];
  if (startMs !== undefined && endMs !== undefined) return formatSpan(startMs, endMs);
  return phase === "ran" ? "before this build began, for another" : "";
}

function formatSpan(startMs: number, endMs: number): string {
  return `from ${formatTick(startMs)} to ${formatTick(endMs)}`;
}

function formatParts(intervals: ReportStep["intervals"]): string {
  const parts = intervals.slice(0, MAX_INTERVALS).map(([startMs, endMs]) => formatSpan(startMs, endMs));
  return parts.join("; ");
}

function links(
  name: string,
  steps: readonly number[],
  data: PageData,
  max = MAX_LINKS,
): readonly HTMLElement[] {
  if (steps.length === 0) return [];
  const items = steps.slice(0, max).map((at) => {
    const step = data.steps[at];
    const button = element(
      "button",
      { type: "button", class: "link", "data-link": at },
      icon(step?.phase ?? "ran"),
    );
    button.append(element("code", {}, step?.command ?? ""));
    return element("li", {}, button);
  });
  if (steps.length > max) items.push(element("li", {}, `and ${steps.length - max} more`));
  return [element("dt", {}, name), element("dd", {}, element("ul", {}, ...items))];
}

/** The steps that ran at the same time, those with most time in common first. */
function findBeside(at: number, { steps }: PageData): readonly number[] {
  const own = steps[at]?.intervals ?? [];
  return [...steps.keys()]
    .filter((other) => other !== at && steps[other]?.phase !== "cached")
    .map((other) => ({ other, ms: commonMs(own, steps[other]?.intervals ?? []) }))
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms)
    .map(({ other }) => other);
}

function commonMs(some: ReportStep["intervals"], others: ReportStep["intervals"]): number {
  let ms = 0;
  for (const [a, b] of some) for (const [c, d] of others) ms += Math.max(0, Math.min(b, d) - Math.max(a, c));
  return ms;
}

function createTransfers(transfers: readonly ReportTransfer[]): readonly HTMLElement[] {
  if (transfers.length === 0) return [];
  const rows = transfers.map(({ name, bytes, totalBytes, bytesPerSecond, tookMs }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      element("td", {}, formatAmount(bytes, totalBytes)),
      element("td", {}, bytesPerSecond === undefined ? "" : formatRate(bytesPerSecond)),
      element("td", {}, formatDuration(tookMs)),
    ),
  );
  const head = ["Transfer", "Amount", "Rate", "Took"].map((text) => element("th", { scope: "col" }, text));
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return [element("section", { class: "transfers" }, element("h3", {}, "Transfers"), table)];
}

function formatAmount(bytes: number, totalBytes: number): string {
  if (bytes === 0 && totalBytes === 0) return "";
  return totalBytes > bytes ? `${formatBytes(bytes)} of ${formatBytes(totalBytes)}` : formatBytes(bytes);
}
