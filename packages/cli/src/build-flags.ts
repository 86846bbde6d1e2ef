// SPDX-License-Identifier: Apache-2.0
import type { BuildOptions } from "@bk/client";
import type { CallFlags } from "./call-flags.js";
import type { CliContext } from "./cli-context.js";
import { type MountFlags, toMountOptions } from "./mount-flags.js";
import { UsageError } from "./usage-error.js";

/** The flags of `bk build`, as the command line has them. */
export interface BuildFlags extends MountFlags, CallFlags {
  readonly tag?: readonly string[];
  readonly file?: string;
  readonly buildArg?: readonly string[];
  readonly platform?: string;
  readonly target?: string;
  readonly label?: readonly string[];
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly wait?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Stands for stdin where a path is expected. */
const STDIN = "-";

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
    ...(contextPath === STDIN ? { context: context.stdin } : { contextDir: contextPath }),
    tag: flags.tag,
    dockerfile: flags.file === STDIN ? context.stdin : flags.file,
    platform: flags.platform,
    target: flags.target,
    noCache: !flags.cache,
    buildArgs: Object.fromEntries(parseBuildArgs(flags.buildArg ?? [], context.env)),
    labels: Object.fromEntries(
      (flags.label ?? []).map((text) => parsePair("--label", text)).map(withEmptyValue),
    ),
    ...(await toMountOptions(flags, context.env)),
  };
}

/** A build arg without `=` has the value of the environment variable, and is left out when there is none. */
function parseBuildArgs(texts: readonly string[], env: Environment): readonly (readonly [string, string])[] {
  return texts.flatMap((text) => {
    const [name, given] = parsePair("--build-arg", text);
    const value = given ?? env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
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
