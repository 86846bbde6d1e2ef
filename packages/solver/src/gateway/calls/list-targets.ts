// SPDX-License-Identifier: Apache-2.0
import type { Daemon } from "../../daemon/daemon.js";
import { readString } from "../../failure/json-fields.js";
import type { SolveCallOptions } from "../../solve-call-options.js";
import { callFrontend, type FrontendAnswer } from "./call-frontend.js";
import { parseAnswer, readItems, readLine } from "./parse-answer.js";

/** A stage that can be built. */
export interface BuildTarget {
  /** Empty for a last stage without a name. */
  readonly name: string;
  /** Whether it is what a build without a target makes. */
  readonly isDefault: boolean;
  /** From the comment above its FROM: `# NAME what it is`. */
  readonly description: string;
  /** What its FROM names: an image, or another stage. */
  readonly base: string;
  /** Of its FROM; empty when that has none. */
  readonly platform: string;
  readonly line: number | undefined;
}

export interface TargetsResult extends FrontendAnswer {
  readonly targets: readonly BuildTarget[];
}

/** Lists the stages of a Dockerfile that can be built. @throws as `callFrontend` */
export async function listTargets(daemon: Daemon, options: SolveCallOptions): Promise<TargetsResult> {
  return parseTargets(await callFrontend(daemon, options, "targets"));
}

export function parseTargets(answer: FrontendAnswer): TargetsResult {
  const targets = readItems(parseAnswer(answer.json), "targets").map((target) => ({
    name: readString(target, "name"),
    isDefault: target["default"] === true,
    description: readString(target, "description"),
    base: readString(target, "base"),
    platform: readString(target, "platform"),
    line: readLine(target),
  }));
  return { ...answer, targets };
}
