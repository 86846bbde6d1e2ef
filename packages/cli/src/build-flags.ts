// SPDX-License-Identifier: Apache-2.0
import type { BuildOptions } from "@bk/client";
import { UsageError } from "./usage-error.js";

/** The flags of `bk build`, as the command line has them. */
export interface BuildFlags {
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

/**
 * Turns flags into options. What the options mean, and whether they make sense, is the client's business.
 *
 * @throws {UsageError} for a pair without a name.
 */
export function toBuildOptions(contextDir: string, flags: BuildFlags, env: Environment): BuildOptions {
  return {
    contextDir,
    tag: flags.tag,
    dockerfile: flags.file,
    platform: flags.platform,
    target: flags.target,
    noCache: !flags.cache,
    buildArgs: Object.fromEntries(parseBuildArgs(flags.buildArg ?? [], env)),
    labels: Object.fromEntries(
      (flags.label ?? []).map((text) => parsePair("--label", text)).map(withEmptyValue),
    ),
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
