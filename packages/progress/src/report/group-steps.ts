// SPDX-License-Identifier: Apache-2.0
import { parseStepName, type StepName } from "./step-name.js";

export interface StepToGroup {
  /** As the daemon sent it. */
  readonly name: string;
  /** When it first started. */
  readonly startNs: bigint | undefined;
}

export interface StepGroup {
  readonly name: string;
  readonly platform: string | undefined;
  readonly members: readonly GroupMember[];
}

export interface GroupMember {
  /** In the given list. */
  readonly place: number;
  readonly name: StepName;
}

/**
 * Puts steps together by stage and platform. Groups come in the order in which they started, and so do the steps of one,
 * those of a stage by their number. It does not matter in which order they are given: the daemon's history has another.
 */
export function groupSteps(steps: readonly StepToGroup[]): readonly StepGroup[] {
  const groups = new Map<string, { name: string; platform: string | undefined; members: GroupMember[] }>();
  const inOrder = [...steps.entries()].sort(([, a], [, b]) => byStart(a, b));
  for (const [place, step] of inOrder) {
    const name = parseStepName(step.name);
    const key = JSON.stringify([name.group, name.platform, name.position !== undefined]);
    const group = groups.get(key) ?? { name: name.group, platform: name.platform, members: [] };
    groups.set(key, group);
    group.members.push({ place, name });
  }
  return [...groups.values()].map((group) => ({ ...group, members: group.members.toSorted(byNumber) }));
}

/** What has not started comes last; at the same time, names decide. */
function byStart(a: StepToGroup, b: StepToGroup): number {
  if (a.startNs === b.startNs) return a.name < b.name ? -1 : Number(a.name > b.name);
  if (a.startNs === undefined || b.startNs === undefined) return a.startNs === undefined ? 1 : -1;
  return a.startNs < b.startNs ? -1 : 1;
}

function byNumber(a: GroupMember, b: GroupMember): number {
  return (a.name.position?.number ?? 0) - (b.name.position?.number ?? 0);
}
