// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { ProgressMode } from "@bk/client";
import { type Command, Option } from "commander";
import type { CliContext } from "./cli-context.js";
import { UsageError } from "./usage-error.js";

export interface ProgressFlags {
  readonly progress: ProgressMode;
  readonly quiet?: boolean;
}

const MODES: readonly ProgressMode[] = ["auto", "tty", "plain", "quiet", "rawjson", "none"];

/** `--progress` and `-q`, as docker buildx has them. */
export function addProgressOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--progress <mode>",
        "how progress is shown: live lines (tty), text as it comes (plain), JSON (rawjson), only what failed (quiet), or none; auto is tty on a terminal and plain elsewhere, or BUILDKIT_PROGRESS",
      )
        .choices(MODES)
        .default("auto"),
    )
    .option("-q, --quiet", "show nothing but the image's digest, and what failed (default: false)");
}

/**
 * What the flags and BUILDKIT_PROGRESS ask for.
 *
 * @throws {UsageError} for a mode that is none, for two at once, and for `tty` without a terminal.
 */
export function toProgressMode(
  { progress, quiet }: ProgressFlags,
  { env, output }: Pick<CliContext, "env"> & { readonly output: Writable },
): ProgressMode {
  if (quiet) {
    if (progress !== "auto" && progress !== "quiet")
      throw new UsageError(`--quiet and --progress ${progress} cannot be used together`);
    return "quiet";
  }
  const mode = progress === "auto" ? readEnvironment(env) : progress;
  if (mode === "tty" && !("isTTY" in output && output.isTTY === true))
    throw new UsageError("Progress as tty needs a terminal: use plain, or auto");
  return mode;
}

function readEnvironment(env: CliContext["env"]): ProgressMode {
  const value = env["BUILDKIT_PROGRESS"] || "auto";
  const mode = MODES.find((known) => known === value);
  if (mode === undefined)
    throw new UsageError(`BUILDKIT_PROGRESS is ${JSON.stringify(value)}, and can be ${MODES.join(", ")}`);
  return mode;
}
