// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import { UsageError } from "./usage-error.js";

/** Flags of the classic `docker build` that docker buildx hides. */
export interface LegacyFlags {
  readonly compress?: boolean;
  readonly rm?: boolean;
  readonly forceRm?: boolean;
  readonly squash?: boolean;
  readonly isolation?: string;
  readonly securityOpt?: string;
}

const HIDDEN: readonly (readonly [flags: string, description: string])[] = [
  ["-m, --memory <size>", "--resource memory"],
  ["--memory-swap <size>", "--resource memory-swap"],
  ["-c, --cpu-shares <number>", "--resource cpu-shares"],
  ["--cpu-period <microseconds>", "--resource cpu-period"],
  ["--cpu-quota <microseconds>", "--resource cpu-quota"],
  ["--cpuset-cpus <list>", "--resource cpuset-cpus"],
  ["--cpuset-mems <list>", "--resource cpuset-mems"],
  ["--print <method>", "--call"],
  ["--compress", "no effect"],
  ["--rm", "no effect"],
  ["--force-rm", "no effect"],
  ["--squash", "refused"],
  ["--isolation <kind>", "refused"],
  ["--security-opt <option>", "refused"],
];

/** Adds them, so that a command line from before need not be rewritten where it means the same. */
export function addLegacyOptions(command: Command): Command {
  for (const [flags, description] of HIDDEN) command.addOption(new Option(flags, description).hideHelp());
  return command;
}

/**
 * Differs from docker buildx, which builds something else than was asked for, with a warning.
 *
 * @returns lines about flags that make no difference to what is built
 * @throws {UsageError} for those that would
 */
export function checkLegacyFlags(flags: LegacyFlags): readonly string[] {
  if (flags.squash)
    throw new UsageError("BuildKit has no --squash: make one layer with COPY --from in a last stage");
  if (flags.isolation !== undefined)
    throw new UsageError("BuildKit has no --isolation: the daemon's worker decides what steps run in");
  if (flags.securityOpt !== undefined)
    throw new UsageError(
      "BuildKit has no --security-opt: use RUN --security=insecure and --allow security.insecure",
    );
  const steps = "steps leave no containers behind";
  return [
    ...(flags.compress
      ? ["bk: --compress has no effect: files are sent one by one, as they are needed\n"]
      : []),
    ...(flags.rm ? [`bk: --rm has no effect: ${steps}\n`] : []),
    ...(flags.forceRm ? [`bk: --force-rm has no effect: ${steps}\n`] : []),
  ];
}
