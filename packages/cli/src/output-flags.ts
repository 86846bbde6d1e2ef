// SPDX-License-Identifier: Apache-2.0

import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { BuildExport, BuildOptions } from "@bk/client";
import type { CacheExportOptions, CacheImportOptions } from "@bk/solver";
import type { CacheFlag, OutputFlag } from "@bk/solver/flags";
import type { Command } from "commander";
import type { CliContext } from "./cli-context.js";
import { append, isGiven } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

/** The flags of `bk build` that say where its results and caches go. */
export interface OutputFlags {
  readonly tag?: readonly string[];
  readonly output?: readonly string[];
  readonly push?: boolean;
  readonly load?: boolean;
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  readonly metadataFile?: string;
  readonly iidfile?: string;
  readonly allow?: readonly string[];
}

type OutputOptions = Pick<
  BuildOptions,
  "exports" | "cacheFrom" | "cacheTo" | "metadataFile" | "metadataProvenance" | "imageIdFile"
>;

/** Stands for stdout where a path is expected. */
const STDOUT = "-";

export function addOutputOptions(command: Command): Command {
  return command
    .option(
      "-o, --output <spec>",
      "where the result goes: a directory, - for a tar, or type=TYPE,dest=PATH,... (repeatable; default: Docker)",
      append,
    )
    .option("--push", "push the image to the registries of its tags: --output type=registry (default: false)")
    .option(
      "--load",
      "load the image into Docker: --output type=docker (default: only without --output and --push)",
    )
    .option(
      "--cache-from <spec>",
      "cache to take steps from: an image, or type=TYPE,NAME=VALUE,... (repeatable; default: only the daemon's own)",
      append,
    )
    .option(
      "--cache-to <spec>",
      "cache to put steps into: type=TYPE,NAME=VALUE,... (repeatable; default: none)",
      append,
    )
    .option("--metadata-file <path>", "file for digests, names and provenance, as JSON (default: none)")
    .option("--iidfile <path>", "file for the image's ID (default: none)");
}

/**
 * Turns the flags into options. Must read what docker buildx reads.
 *
 * @throws {UsageError} for bytes that would go to a terminal, and deleting outside the working directory without
 * leave; {SolverError} `BK_OPTIONS_INVALID` for a malformed flag.
 */
export async function toOutputOptions(
  flags: OutputFlags,
  { stdout, env }: Pick<CliContext, "stdout" | "env">,
): Promise<OutputOptions> {
  const { parseAllowFlag, parseCacheFlag, parseOutputFlag } = await import("@bk/solver/flags");
  const outputs = (flags.output ?? []).filter(isGiven).map((text) => parseOutputFlag(text));
  const mayDelete = (flags.allow ?? [])
    .filter(isGiven)
    .some((text) => parseAllowFlag(text).kind === "local-delete");
  if (!mayDelete) for (const output of outputs) await refuseDelete(output);
  const exports = outputs.flatMap((output) => toExports(output, flags, stdout));
  const isDefault = outputs.length === 0 && !flags.push && !flags.load;
  return {
    ...(!isDefault && { exports: withLoad(withPush(exports, flags), flags) }),
    cacheFrom: (flags.cacheFrom ?? [])
      .filter(isGiven)
      .flatMap(parseCacheFlag)
      .map(toCache<CacheImportOptions>),
    cacheTo: (flags.cacheTo ?? [])
      .filter(isGiven)
      .flatMap(parseCacheFlag)
      .map(toCache<CacheExportOptions>),
    metadataFile: flags.metadataFile || undefined,
    metadataProvenance: toProvenanceMode(env["BUILDX_METADATA_PROVENANCE"]),
    imageIdFile: flags.iidfile || undefined,
  };
}

/** Whether a result goes to stdout, which then has no room for anything else. */
export function takesStdout(
  { exports = [] }: OutputOptions,
  { stdout }: Pick<CliContext, "stdout">,
): boolean {
  return exports.some((entry) => "dest" in entry && entry.dest === stdout);
}

/** Attributes are checked with the other options of the build, the required ones too. */
function toCache<T extends CacheImportOptions | CacheExportOptions>({ type, attrs }: CacheFlag): T {
  return { type, attrs } as unknown as T;
}

function toExports(
  { type, destination, attrs }: OutputFlag,
  { tag = [] }: OutputFlags,
  stdout: CliContext["stdout"],
): readonly BuildExport[] {
  if (type === "cacheonly") return [];
  // With tags, a name of the output does not count.
  const { name, context, ...rest } = attrs;
  const given = { ...rest, ...(name !== undefined && tag.length === 0 && { name }) };
  if (type === "docker" && destination === "") {
    return [{ type: "load", attrs: given, ...(context !== undefined && { context }) }];
  }
  const takesBytes = ["tar", "oci", "docker"].includes(type) && !isLayout(attrs);
  if (takesBytes && (destination === "" || destination === STDOUT)) {
    if ("isTTY" in stdout && stdout.isTTY === true)
      throw new UsageError(`Output ${type} needs dest=FILE: it would go to the terminal`);
    return [toExport(type, { dest: stdout, attrs: given })];
  }
  if (destination === STDOUT)
    throw new UsageError(`Output ${type} is a directory or an image, which cannot go to stdout`);
  const all = context === undefined ? given : { ...given, context };
  return [toExport(type, { ...(destination !== "" && { dest: destination }), attrs: all })];
}

/** Which options an export needs is checked with the other options of the build. */
function toExport(type: string, options: object): BuildExport {
  return { type, ...options } as unknown as BuildExport;
}

function isLayout({ tar = "" }: OutputFlag["attrs"]): boolean {
  return ["0", "f", "F", "FALSE", "false", "False"].includes(tar);
}

/** `--push`: the images among the outputs are pushed, or else one more is. */
function withPush(exports: readonly BuildExport[], { push }: OutputFlags): readonly BuildExport[] {
  if (!push || exports.some(({ type }) => type === "registry")) return exports;
  if (!exports.some(({ type }) => type === "image")) return [...exports, { type: "registry" }];
  return exports.map((entry) =>
    entry.type === "image" ? { ...entry, attrs: { unpack: "false", ...entry.attrs, push: "true" } } : entry,
  );
}

function withLoad(exports: readonly BuildExport[], { load }: OutputFlags): readonly BuildExport[] {
  return load && !exports.some(({ type }) => type === "load") ? [...exports, { type: "load" }] : exports;
}

/** As docker buildx: a directory elsewhere loses files only by leave of `--allow`. */
async function refuseDelete({ type, destination, attrs }: OutputFlag): Promise<void> {
  if (type !== "local" || attrs["mode"] !== "delete") return;
  const inside = relative(await realpath("."), await resolveLinks(resolve(destination)));
  if (inside !== "" && !/^\.\.(?:[\\/]|$)/.test(inside) && !isAbsolute(inside)) return;
  throw new UsageError(
    `mode=delete would remove files of ${destination}, which is not below the working directory: allow it with --allow buildx.local.delete`,
  );
}

async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await resolveLinks(parent), basename(path));
  }
}

function toProvenanceMode(value = ""): BuildOptions["metadataProvenance"] {
  if (value === "max" || value === "disabled") return value;
  return ["0", "f", "F", "FALSE", "false", "False"].includes(value) ? "disabled" : "min";
}
