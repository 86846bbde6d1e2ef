// SPDX-License-Identifier: Apache-2.0

import { readFile } from "node:fs/promises";
import type { BuildOptions } from "@bk/client";
import { type Command, Option } from "commander";
import { toAttestations } from "./attest-flags.js";
import { parseSize } from "./quantity.js";
import { append, isGiven } from "./repeatable.js";
import { type ResourceFlags, toResources } from "./resource-flags.js";
import { UsageError } from "./usage-error.js";

/** The flags of `bk build` that say what a build may use, and what its steps run with. */
export interface InputFlags extends ResourceFlags {
  readonly addHost?: readonly string[];
  readonly allow?: readonly string[];
  readonly annotation?: readonly string[];
  readonly attest?: readonly string[];
  readonly buildContext?: readonly string[];
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly cgroupParent?: string;
  readonly network?: string;
  readonly noCacheFilter?: readonly string[];
  readonly platform?: readonly string[];
  readonly provenance?: string;
  readonly pull?: boolean;
  readonly sbom?: string;
  readonly shmSize?: string;
  readonly sourcePolicyFile?: string;
  readonly ulimit?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type InputOptions = Pick<
  BuildOptions,
  | "annotations"
  | "attestations"
  | "entitlements"
  | "namedContexts"
  | "noCache"
  | "platform"
  | "pull"
  | "run"
  | "sourcePolicy"
>;

/** docker buildx's name for the file of `--source-policy-file`. */
const SOURCE_POLICY_VARIABLE = "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY";

/** Those of what comes from elsewhere: cached steps, images, other contexts. */
export function addSourceOptions(command: Command): Command {
  return command
    .option("--no-cache", "run every step anew (default: take steps from the cache)")
    .addOption(noCacheFilter())
    .option("--pull", "look every image up at its registry (default: only those that the daemon lacks)")
    .option(
      "--build-context <name=source>",
      "what the Dockerfile finds under a name: a directory, a URL, docker-image://IMAGE, oci-layout://PATH:TAG (repeatable; default: none)",
      append,
    );
}

/** Commander would take it for the opposite of a flag `--cache-filter`. */
function noCacheFilter(): Option {
  const option = new Option(
    "--no-cache-filter <stage>",
    "run the steps of a stage anew (repeatable; default: none)",
  );
  option.negate = false;
  return option.argParser(append);
}

/** Those of what RUN steps have. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--network <mode>", "network of RUN steps: default, host or none (default: default)")
    .option(
      "--add-host <name:address>",
      "line of /etc/hosts for RUN steps; host-gateway is the daemon's machine (repeatable; default: none)",
      append,
    )
    .option("--shm-size <size>", "size of /dev/shm for RUN steps, such as 128m (default: the daemon's)")
    .option(
      "--ulimit <name=soft:hard>",
      "limit of RUN steps, such as nofile=1024:2048 (repeatable; default: the daemon's)",
      append,
    )
    .option("--cgroup-parent <cgroup>", "cgroup that those of RUN steps are put into (default: the daemon's)")
    .option(
      "--resource <key=value>",
      "memory and CPU of RUN steps, such as memory=2g or cpu-quota=50000; for Dockerfile 1.25 and later (repeatable; default: no limit)",
      append,
    )
    .option(
      "--allow <entitlement>",
      "what RUN steps may do: network.host, security.insecure, device=NAME; buildx.local.delete for an output elsewhere (repeatable; default: none)",
      append,
    );
}

export function addSourcePolicyOption(command: Command): Command {
  return command.option(
    "--source-policy-file <path>",
    "JSON that says which sources the build may use (default: that of EXPERIMENTAL_BUILDKIT_SOURCE_POLICY, or none)",
  );
}

/**
 * Turns flags into options. Must read what docker buildx reads.
 *
 * @throws {UsageError}; {SolverError} `BK_OPTIONS_INVALID` for a malformed flag.
 */
export async function toInputOptions(flags: InputFlags, env: Environment): Promise<InputOptions> {
  if (!flags.cache && flags.noCacheFilter !== undefined)
    throw new UsageError("--no-cache runs all steps anew: leave --no-cache-filter out");
  const { parseAllowFlag, parseContextFlag } = await import("@bk/solver/flags");
  const allowed = (flags.allow ?? []).filter(isGiven).map(parseAllowFlag);
  return {
    platform: toPlatforms(flags.platform, env),
    noCache: flags.cache ? flags.noCacheFilter?.flatMap((text) => text.split(",")) : true,
    pull: flags.pull,
    namedContexts: Object.fromEntries((flags.buildContext ?? []).map(parseContextFlag)),
    run: await toRunOptions(flags),
    entitlements: allowed.flatMap((flag) => (flag.kind === "entitlement" ? [flag.entitlement] : [])),
    annotations: Object.fromEntries((flags.annotation ?? []).map(parseAnnotation)),
    attestations: await toAttestations(flags, env),
    sourcePolicy: await readSourcePolicy(flags.sourcePolicyFile ?? env[SOURCE_POLICY_VARIABLE]),
  };
}

/** docker buildx's variable stands in for the flag. */
function toPlatforms(
  platforms: readonly string[] | undefined,
  { DOCKER_DEFAULT_PLATFORM: byDefault }: Environment,
): readonly string[] | undefined {
  return (platforms ?? (byDefault ? [byDefault] : undefined))?.flatMap((text) => text.split(","));
}

async function toRunOptions(flags: InputFlags): Promise<NonNullable<BuildOptions["run"]>> {
  const { parseHostFlag, parseUlimitFlag } = await import("@bk/solver/flags");
  const hosts: Record<string, readonly string[]> = {};
  for (const [host, address] of (flags.addHost ?? []).flatMap(parseHostFlag))
    hosts[host] = [...(hosts[host] ?? []), address];
  return {
    // What is none of these, the solver refuses.
    network: (flags.network || undefined) as "default" | undefined,
    hosts,
    shmSize: flags.shmSize === undefined ? undefined : parseSize("--shm-size", flags.shmSize),
    ulimits: Object.fromEntries((flags.ulimit ?? []).map(parseUlimitFlag)),
    cgroupParent: flags.cgroupParent || undefined,
    resources: toResources(flags),
  };
}

/** What stands before the first `=` may hold the places of the annotation. */
function parseAnnotation(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--annotation needs NAME=VALUE, and got ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function readSourcePolicy(path: string | undefined): Promise<BuildOptions["sourcePolicy"]> {
  if (!path) return undefined;
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "it is not JSON" : (cause as Error).message;
    throw new UsageError(`Cannot read the source policy ${path}: ${why}`);
  }
}
