// SPDX-License-Identifier: Apache-2.0

import type { CallFlag } from "@bk/solver/flags";
import type { Command } from "commander";

export interface CallFlags {
  readonly call?: string;
  /** Another way to write `--call check`. */
  readonly check?: boolean;
  /** The former name of `--call`. */
  readonly print?: string;
}

export function addCallOptions(command: Command): Command {
  return command
    .option(
      "--call <method>",
      "build, or check, outline or targets: what to ask about the Dockerfile; also METHOD,format=json (default: build)",
    )
    .option(
      "--check",
      "look for mistakes in the Dockerfile without building it: --call check (default: false)",
    );
}

/**
 * What to ask the Dockerfile's frontend instead of building. Must read what docker buildx reads.
 *
 * @returns undefined for a build
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a malformed flag.
 */
export async function toCall({ print = "", call = print, check }: CallFlags): Promise<CallFlag | undefined> {
  const text = check ? "check" : call;
  if (text === "") return undefined;
  const { parseCallFlag } = await import("@bk/solver/flags");
  return parseCallFlag(text);
}
