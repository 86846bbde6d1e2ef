// SPDX-License-Identifier: Apache-2.0
import type { ReportData, ReportStep } from "../report-data.js";

export interface Filter {
  /** Words that all have to be in the step's command, stage or platform, in any case. */
  readonly text: string;
  /** `all`, a phase, or `critical`. */
  readonly phase: string;
}

/** The steps that a filter lets through. */
export function findSteps(
  { steps, groups }: Pick<ReportData, "steps" | "groups">,
  filter: Filter,
): ReadonlySet<number> {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = [...steps.keys()].filter((at) => {
    const step = steps[at];
    const group = groups[step?.group ?? -1];
    const text = `${step?.command} ${group?.name} ${group?.platform ?? ""} ${step?.number}`.toLowerCase();
    return step !== undefined && hasPhase(step, filter.phase) && words.every((word) => text.includes(word));
  });
  return new Set(found);
}

function hasPhase({ phase, isCritical }: ReportStep, wanted: string): boolean {
  if (wanted === "all") return true;
  if (wanted === "critical") return isCritical;
  return phase === wanted || (wanted === "failed" && phase === "canceled");
}
