// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "@bk/proto/control-codec";
import type { Environment, SecretSource, SshSource } from "@bk/session";
import { annotateExports } from "./annotations.js";
import { type AttestationOptions, type ResolvedAttestations, resolveAttestations } from "./attestations.js";
import {
  type CacheExportOptions,
  type CacheImportOptions,
  resolveCacheExports,
  resolveCacheImports,
} from "./cache-options.js";
import type { ResolvedCache } from "./caches/resolved-cache.js";
import { checkRecord, checkText, checkWord } from "./check-option.js";
import {
  type ContextSource,
  type DockerfileSource,
  type MainContextOptions,
  resolveDockerfile,
  resolveMainContext,
} from "./contexts/main-context.js";
import { type NamedContext, resolveNamedContexts } from "./contexts/named-contexts.js";
import { resolveEntitlements } from "./entitlements.js";
import { type ExportOptions, resolveExport } from "./export-options.js";
import type { ResolvedExport } from "./exports/resolved-export.js";
import { type FrontendOptions, type ResolvedFrontend, resolveFrontend } from "./frontend.js";
import { invalidOption, renameOption, showValue } from "./invalid-option.js";
import { resolveSecrets, resolveSsh } from "./mount-options.js";
import { formatPlatformFully, normalizePlatform, parsePlatform } from "./platform.js";
import { formatReference, parseReference, type Reference, withDefaultTag } from "./reference.js";
import { type ResolvedRunOptions, type RunOptions, resolveRunOptions } from "./run-options.js";
import { resolveSourcePolicy, type SourcePolicy } from "./source-policy.js";

/** One build of one Dockerfile. */
export interface SolveOptions extends MainContextOptions {
  /** What steps may mount with `RUN --mount=type=secret`, by id. Each up to 500 KiB. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
  /** SSH agents that steps may mount with `RUN --mount=type=ssh`, by id; `default` for steps that name none. */
  readonly ssh?: Readonly<Record<string, SshSource>> | undefined;
  /** Names of the image: `app`, `ghcr.io/me/app:1.2`. Without a tag, `latest` is meant. */
  readonly tags?: readonly string[] | undefined;
  /** `linux/arm64`, or several. By default the daemon's own; nothing is sent then. */
  readonly platform?: string | readonly string[] | undefined;
  /** `null` takes the value of the environment variable of that name; without one the build arg is left out. */
  readonly buildArgs?: Readonly<Record<string, string | null>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The stage to build; by default the last one. */
  readonly target?: string | undefined;
  /** Run every step again, whatever the cache holds, or the steps of the stages that are named. */
  readonly noCache?: boolean | readonly string[] | undefined;
  /** Look every image up at its registry, whatever the daemon has of it. */
  readonly pull?: boolean | undefined;
  /**
   * What the Dockerfile finds under names beside its own stages: `docker-image://alpine:3.19`, a git or HTTP URL,
   * `oci-layout://path:tag` or `oci-layout://path@digest`, or the path of a directory.
   */
  readonly namedContexts?: Readonly<Record<string, string>> | undefined;
  /** What RUN steps run with: network, hosts, limits. */
  readonly run?: RunOptions | undefined;
  /** What steps may do beyond their sandbox: `network.host`, `security.insecure`, `device=NAME`. */
  readonly entitlements?: readonly string[] | undefined;
  /**
   * Annotations of the image, with their places in front if need be: `index,manifest[linux/arm64]:org.example.name`.
   * Needs an export of an image.
   */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** SBOM and provenance. Default: neither. */
  readonly attestations?: AttestationOptions | undefined;
  /** Which sources the build may use, and what stands in for others. */
  readonly sourcePolicy?: SourcePolicy | undefined;
  readonly frontend?: FrontendOptions | undefined;
  /** Where the result goes. With none, the build runs and its result stays in the cache. */
  readonly exports?: readonly ExportOptions[] | undefined;
  /** Caches that steps are taken from, beside the daemon's own. */
  readonly cacheFrom?: readonly CacheImportOptions[] | undefined;
  /** Caches that the build's steps are put into. */
  readonly cacheTo?: readonly CacheExportOptions[] | undefined;
}

/** Options that were checked, with every default filled in. */
export interface ResolvedSolveOptions {
  readonly context: ContextSource;
  readonly dockerfile: DockerfileSource;
  readonly secrets: ReadonlyMap<string, SecretSource>;
  readonly ssh: ReadonlyMap<string, SshSource>;
  /** Whole references: `docker.io/library/app:latest`. */
  readonly tags: readonly string[];
  /** Normalised: `linux/arm64`. */
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  /** The stages to run again. */
  readonly noCache: "all" | readonly string[];
  readonly pull: boolean;
  /** By normalised name. */
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
  readonly run: ResolvedRunOptions;
  readonly entitlements: readonly string[];
  readonly attestations: ResolvedAttestations;
  readonly sourcePolicy: Policy | undefined;
  readonly frontend: ResolvedFrontend;
  readonly exports: readonly ResolvedExport[];
  readonly cacheFrom: readonly ResolvedCache[];
  readonly cacheTo: readonly ResolvedCache[];
}

/**
 * Checks options without looking at the disk or the daemon.
 *
 * @param env where build args without a value, and what caches were not told, are looked up
 * @throws {SolverError} `BK_OPTIONS_INVALID`; `option` names the option that is wrong
 */
export function resolveSolveOptions(options: SolveOptions, env: Environment = {}): ResolvedSolveOptions {
  const context = resolveMainContext(options);
  const tags = (options.tags ?? []).map((tag, index) => resolveTag(`tags[${index}]`, tag));
  const platforms = resolvePlatforms(options.platform);
  const buildArgs = resolveBuildArgs(options.buildArgs ?? {}, env);
  const attestations = resolveAttestations(options.attestations ?? {});
  const exports = (options.exports ?? []).map((entry, index) =>
    resolveExport(entry, { option: `exports[${index}]`, tags }),
  );
  checkDockerExport(exports, platforms, attestations);
  const run = resolveRunOptions(options.run ?? {});
  return {
    context,
    dockerfile: resolveDockerfile(context, options.dockerfile),
    namedContexts: resolveNamedContexts(options.namedContexts ?? {}),
    secrets: resolveSecrets(options.secrets ?? {}),
    ssh: resolveSsh(options.ssh ?? {}),
    tags: tags.map((tag) => formatReference(withDefaultTag(tag))),
    platforms,
    buildArgs,
    labels: checkRecord("labels", options.labels ?? {}),
    target: options.target === undefined ? undefined : checkWord("target", options.target),
    noCache: resolveNoCache(options.noCache ?? false),
    pull: options.pull === true,
    run,
    entitlements: resolveEntitlements(options.entitlements ?? [], run),
    attestations,
    sourcePolicy: options.sourcePolicy && resolveSourcePolicy(options.sourcePolicy),
    frontend: resolveFrontend(options.frontend ?? {}, buildArgs),
    exports: annotateExports(exports, options.annotations ?? {}),
    cacheFrom: resolveCacheImports(options.cacheFrom ?? [], env),
    cacheTo: resolveCacheExports(options.cacheTo ?? [], buildArgs, env),
  };
}

/** The format of `docker load` has room for one image. */
function checkDockerExport(
  exports: readonly ResolvedExport[],
  platforms: readonly string[],
  { sbom, provenance }: ResolvedAttestations,
): void {
  if (!exports.some(({ type }) => type === "docker")) return;
  if (platforms.length > 1) {
    const problem = `A docker export holds one platform, not ${platforms.length}: ${platforms.join(", ")}. An image or oci export holds several`;
    throw invalidOption("platform", problem);
  }
  if (sbom !== undefined || provenance !== undefined)
    throw invalidOption("attestations", "A docker export holds no attestations; an image or oci export does");
}

function resolveBuildArgs(
  buildArgs: Readonly<Record<string, string | null>>,
  env: Environment,
): Readonly<Record<string, string>> {
  const given = Object.entries(buildArgs).map(([name, value]) => [name, value ?? env[name]] as const);
  // A value that is undefined without being null is refused below.
  const entries = given.filter(([name, value]) => value !== undefined || buildArgs[name] !== null);
  return checkRecord("buildArgs", Object.fromEntries(entries) as Record<string, string>);
}

function resolveNoCache(noCache: boolean | readonly string[]): "all" | readonly string[] {
  if (typeof noCache === "boolean") return noCache ? "all" : [];
  if (!Array.isArray(noCache))
    throw invalidOption(
      "noCache",
      `noCache is ${showValue(noCache)}: expected true, false or a list of stages`,
    );
  return noCache.map((stage, index) => {
    const option = `noCache[${index}]`;
    if (!checkWord(option, stage).includes(",")) return stage;
    throw invalidOption(option, `${option} is ${showValue(stage)}: expected the name of one stage`);
  });
}

function resolveTag(option: string, tag: string): Reference {
  const reference = renameOption(option, () => parseReference(checkText(option, tag)));
  if (reference.digest !== undefined) {
    throw invalidOption(
      option,
      `Tag ${showValue(tag)} has a digest, which only the build itself can produce`,
    );
  }
  return reference;
}

function resolvePlatforms(platform: SolveOptions["platform"]): readonly string[] {
  const texts = platform === undefined ? [] : typeof platform === "string" ? [platform] : platform;
  const formatted = texts.map((text, index) => {
    const option = typeof platform === "string" ? "platform" : `platform[${index}]`;
    return formatPlatformFully(
      normalizePlatform(renameOption(option, () => parsePlatform(checkText(option, text)))),
    );
  });
  return [...new Set(formatted)];
}
