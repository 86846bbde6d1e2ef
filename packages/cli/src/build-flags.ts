// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import type { BuildOptions } from "@bk/client";
import type { Command } from "commander";
import { addStatementOptions } from "./attest-flags.js";
import { addCallOptions, type CallFlags } from "./call-flags.js";
import type { CliContext } from "./cli-context.js";
import { addFrontendOptions, type FrontendFlags, toFrontendOptions } from "./frontend-flags.js";
import {
  addRunOptions,
  addSourceOptions,
  addSourcePolicyOption,
  type InputFlags,
  toInputOptions,
} from "./input-flags.js";
import { addLegacyOptions, type LegacyFlags } from "./legacy-flags.js";
import { addMountOptions, type MountFlags, toMountOptions } from "./mount-flags.js";
import { addOutputOptions, type OutputFlags } from "./output-flags.js";
import {
  addAllowRegistryOption,
  addTokenServerOptions,
  type RegistryAuthFlags,
  toRegistryAuth,
} from "./registry-auth-flags.js";
import { append } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

/** The flags of `bk build`, as the command line has them. */
export interface BuildFlags
  extends CallFlags,
    FrontendFlags,
    InputFlags,
    LegacyFlags,
    MountFlags,
    OutputFlags,
    RegistryAuthFlags {
  readonly file?: string;
  readonly buildArg?: readonly string[];
  readonly target?: string;
  readonly label?: readonly string[];
  readonly report?: string;
  readonly wait?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Stands for stdin where a path is expected. */
const STDIN = "-";
/** Of the reproducible-builds project: BuildKit gives an image this time. */
const EPOCH = "SOURCE_DATE_EPOCH";

/** All that are the build's own, in the order in which help shows them. */
export function addBuildOptions(command: Command): Command {
  addFrontendOptions(addLegacyOptions(command));
  addAllowRegistryOption(command);
  addDockerfileOptions(command);
  addMountOptions(command);
  addTokenServerOptions(command);
  addSourceOptions(command);
  addRunOptions(command);
  addStatementOptions(command);
  addOutputOptions(command);
  addSourcePolicyOption(command);
  addCallOptions(command);
  return command
    .option(
      "--report <path>",
      "file for a page about the build: timeline, cache, output, failure (default: none)",
    )
    .option("--wait", "wait up to 30 s for a daemon that is not ready yet (default: fail at once)");
}

function addDockerfileOptions(command: Command): Command {
  return command
    .option("-t, --tag <name>", "name of the image, as name or name:tag (repeatable; default: none)", append)
    .option("-f, --file <path>", "the Dockerfile; - for stdin (default: Dockerfile in PATH)")
    .option(
      "--build-arg <name=value>",
      "value of an ARG; the environment's without =value (repeatable; default: none)",
      append,
    )
    .option(
      "--platform <os/arch>",
      "platform to build for, such as linux/arm64 (repeatable; default: the daemon's)",
      append,
    )
    .option("--target <stage>", "stage to build (default: the last)")
    .option("--label <name=value>", "label of the image (repeatable; default: none)", append);
}

/**
 * Turns flags into options. What the options mean, and whether they make sense, is the client's business.
 *
 * @throws {UsageError} for a pair without a name, and for stdin as two things.
 */
export async function toBuildOptions(
  contextPath: string,
  flags: BuildFlags,
  context: Pick<CliContext, "env" | "stdin">,
): Promise<BuildOptions> {
  if (contextPath === STDIN && flags.file === STDIN)
    throw new UsageError("Stdin cannot be both the context and the Dockerfile");
  return {
    ...(await toContext(contextPath, context)),
    tag: flags.tag,
    dockerfile: flags.file === STDIN ? context.stdin : flags.file,
    target: flags.target,
    buildArgs: Object.fromEntries(parseBuildArgs(flags.buildArg ?? [], context.env)),
    labels: Object.fromEntries(
      (flags.label ?? []).map((text) => parsePair("--label", text)).map(withEmptyValue),
    ),
    ...(await toInputOptions(flags, context.env)),
    ...(await toMountOptions(contextPath, flags, context.env)),
    frontend: toFrontendOptions(flags),
    registryAuth: await toRegistryAuth(flags),
  };
}

/** As docker buildx does, takes a directory that is there for one, whatever it is called. */
async function toContext(
  path: string,
  { stdin }: Pick<CliContext, "stdin">,
): Promise<Pick<BuildOptions, "context" | "contextDir">> {
  if (path === STDIN) return { context: stdin };
  const { isRemoteContext } = await import("@bk/solver/flags");
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return !isDirectory && isRemoteContext(path) ? { context: path } : { contextDir: path };
}

/**
 * The time of SOURCE_DATE_EPOCH is passed on even if it is not asked for. A build arg without `=` has the value of the environment variable, and is
 * left out when there is none.
 */
function parseBuildArgs(texts: readonly string[], env: Environment): readonly (readonly [string, string])[] {
  const args = texts.flatMap((text) => {
    const [name, given] = parsePair("--build-arg", text);
    const value = given ?? env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const epoch = env[EPOCH];
  return epoch && !args.some(([name]) => name === EPOCH) ? [...args, [EPOCH, epoch]] : args;
}

function withEmptyValue([name, value]: readonly [string, string | undefined]): readonly [string, string] {
  return [name, value ?? ""];
}

/** `name=value`, of which the value may hold further `=`; undefined without any. */
function parsePair(flag: string, text: string): readonly [string, string | undefined] {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  if (name === "") throw new UsageError(`${flag} needs NAME=VALUE, and got ${JSON.stringify(text)}`);
  return [name, at < 0 ? undefined : text.slice(at + 1)];
}
