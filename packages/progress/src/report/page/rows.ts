// SPDX-License-Identifier: Apache-2.0
import { formatCount, formatDuration } from "../format.js";
import type { ReportGroup, ReportPhase, ReportStep } from "../report-data.js";
import type { PageData } from "./data.js";
import { element, hiddenText, icon } from "./dom.js";

export const PHASES: Readonly<Record<ReportPhase, string>> = {
  ran: "ran",
  cached: "from cache",
  failed: "failed",
  canceled: "canceled",
  unfinished: "unfinished",
  pending: "not begun",
};

/** The rows of the timeline, in the order in which they are shown. */
export function createRows(data: PageData): readonly HTMLElement[] {
  const warned = new Set(data.warnings.map(({ step }) => step));
  return data.groups.flatMap((group, at) => {
    const steps = data.steps.slice(group.first, group.first + group.count);
    const rows = steps.map((step, index) =>
      createStepRow(step, group.first + index, {
        wallMs: data.wallMs,
        isWarned: warned.has(group.first + index),
      }),
    );
    return [createGroupRow(group, at, steps, data.wallMs), ...rows];
  });
}

function createGroupRow(
  { name, platform, count }: ReportGroup,
  at: number,
  steps: readonly ReportStep[],
  wallMs: number,
): HTMLElement {
  const starts = steps.flatMap(({ intervals }) => intervals[0]?.[0] ?? []);
  const ends = steps.flatMap(({ intervals }) => intervals.at(-1)?.[1] ?? []);
  const [startMs, endMs] = [least(starts), most(ends)];
  const cached = steps.filter(({ phase }) => phase === "cached").length;
  const note = cached > 0 ? `${formatCount(count, "step")}, ${cached} cached` : formatCount(count, "step");
  return element(
    "div",
    {
      role: "row",
      class: "row group",
      "data-group": at,
      "aria-level": 1,
      "aria-expanded": "true",
      tabindex: -1,
    },
    element(
      "div",
      { role: "gridcell", class: "cell name" },
      icon("chevron"),
      element("span", { class: "group-name" }, name),
      platform === undefined ? undefined : element("span", { class: "platform" }, platform),
      element("small", {}, note),
    ),
    element(
      "div",
      { role: "gridcell", class: "cell took" },
      ends.length > 0 ? formatDuration(endMs - startMs) : "",
    ),
    element("div", { role: "gridcell", class: "cell lane" }, placed("extent", startMs, endMs, wallMs)),
  );
}

interface StepRowFacts {
  readonly wallMs: number;
  readonly isWarned: boolean;
}

function createStepRow(step: ReportStep, at: number, { wallMs, isWarned }: StepRowFacts): HTMLElement {
  const { command, number, phase, isCritical, intervals } = step;
  const bars = intervals.map(([startMs, endMs]) =>
    placed(`bar bar-${isCritical && phase === "ran" ? "critical" : phase}`, startMs, endMs, wallMs),
  );
  return element(
    "div",
    {
      role: "row",
      class: `row step phase-${phase}`,
      "data-step": at,
      "aria-level": 2,
      "aria-selected": "false",
      tabindex: -1,
    },
    element(
      "div",
      { role: "gridcell", class: "cell name" },
      icon(phase),
      hiddenText(`${PHASES[phase]}${isCritical ? ", critical path" : ""}${isWarned ? ", warning" : ""}: `),
      number === "" ? undefined : element("span", { class: "number" }, number),
      element("code", { title: command }, command),
      isWarned ? icon("warning") : undefined,
      isCritical ? icon("critical") : undefined,
    ),
    element("div", { role: "gridcell", class: "cell took" }, formatTook(step)),
    element("div", { role: "gridcell", class: "cell lane" }, ...bars),
  );
}

function formatTook({ phase, tookMs, intervals }: ReportStep): string {
  if (phase === "cached") return "cached";
  if (phase === "ran" && intervals.length === 0) return "earlier";
  return phase === "pending" ? "–" : formatDuration(tookMs);
}

/** What is drawn from one time to another. The style sheet places it, for whatever part of the build is shown. */
function placed(className: string, startMs: number, endMs: number, wallMs: number): HTMLElement {
  const bar = element("span", { class: className });
  bar.style.setProperty("--start", String(startMs / (wallMs || 1)));
  bar.style.setProperty("--length", String((endMs - startMs) / (wallMs || 1)));
  return bar;
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
