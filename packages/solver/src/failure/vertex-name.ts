// SPDX-License-Identifier: Apache-2.0

/** What the name of a step says: `[linux/arm64 build 3/4] RUN make`. */
export interface VertexNameParts {
  /** Of a multi-platform build. */
  readonly platform: string | undefined;
  /** Stage of the Dockerfile; undefined when it has only one, without a name. */
  readonly stage: string | undefined;
  /** Position in the stage, from 1, and how many steps the stage has. */
  readonly step: { readonly number: number; readonly total: number } | undefined;
  /** The name without its bracket: `RUN make`. */
  readonly command: string;
}

const BRACKET = /^\[([^\]]*)\] /;
const STEP = /^(\d{1,6})\/(\d{1,6})$/;

/**
 * Takes the name of a step apart. Names that the Dockerfile frontend did not number have a command only.
 *
 * Must match the daemon: prefixCommand of moby/buildkit, frontend/dockerfile/dockerfile2llb/convert.go.
 */
export function parseVertexName(name: string): VertexNameParts {
  const bracket = BRACKET.exec(name);
  if (bracket === null) return { platform: undefined, stage: undefined, step: undefined, command: name };
  const command = name.slice(bracket[0].length);
  const words = (bracket[1] ?? "").split(" ").filter((word) => word !== "");
  const step = STEP.exec(words.pop() ?? "");
  if (step === null) return { platform: undefined, stage: undefined, step: undefined, command };
  // Stage names cannot hold a slash, platforms always do.
  const platform = words[0]?.includes("/") === true ? words.shift() : undefined;
  return {
    platform,
    stage: words[0],
    step: { number: Number(step[1]), total: Number(step[2]) },
    command,
  };
}
