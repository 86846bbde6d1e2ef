// SPDX-License-Identifier: Apache-2.0
import { parseVertexName } from "@bk/solver";
import { toLineText } from "./safe-text.js";

/** Where a step belongs, and what is left of its name. */
export interface StepName {
  readonly group: string;
  readonly platform: string | undefined;
  /** From 1, in its stage; undefined for steps of no stage. */
  readonly position: { readonly number: number; readonly total: number } | undefined;
  readonly command: string;
}

const BRACKET = /^\[([^\]]{1,200})\] /;
/** How the daemon names what it does with a result. */
const EXPORT = /^(?:exporting|sending|pushing|resolving provenance) /;
/** Names of more characters are cut. */
const MAX_NAME_CHARS = 2 << 10;

export function parseStepName(name: string): StepName {
  const text = toLineText(name.slice(0, MAX_NAME_CHARS));
  const { platform, stage, step, command } = parseVertexName(text);
  if (step) return { group: stage ?? "Dockerfile", platform, position: step, command };
  const words = BRACKET.exec(text)?.[1]?.split(" ") ?? [];
  const isPlatform = words[0]?.includes("/") === true && words.length > 1;
  return {
    group: words.length > 0 ? "Preparation" : EXPORT.test(command) ? "Export" : "Other",
    platform: isPlatform ? words[0] : undefined,
    position: undefined,
    command: words.length > 0 && words.at(-1) === "internal" ? command : text,
  };
}
