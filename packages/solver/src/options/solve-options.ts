// SPDX-License-Identifier: Apache-2.0
import type { SecretSource, SshSource } from "@bk/session";
import { SolverError } from "../errors.js";
import { checkRecord, checkText, checkWord } from "./check-option.js";
import {
  type ContextSource,
  type DockerfileSource,
  type MainContextOptions,
  resolveDockerfile,
  resolveMainContext,
} from "./contexts/main-context.js";
import { type ExportOptions, resolveExport } from "./export-options.js";
import type { ResolvedExport } from "./exports/resolved-export.js";
import { invalidOption, showValue } from "./invalid-option.js";
import { resolveSecrets, resolveSsh } from "./mount-options.js";
import { formatPlatformFully, normalizePlatform, parsePlatform } from "./platform.js";
import { formatReference, parseReference, type Reference, withDefaultTag } from "./reference.js";

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
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The stage to build; by default the last one. */
  readonly target?: string | undefined;
  /** Run every step again, whatever the cache holds. */
  readonly noCache?: boolean | undefined;
  /** Where the result goes. With none, the build runs and its result stays in the cache. */
  readonly exports?: readonly ExportOptions[] | undefined;
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
  readonly noCache: boolean;
  readonly exports: readonly ResolvedExport[];
}

/**
 * Checks options without looking at the disk or the daemon.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; `option` names the option that is wrong
 */
export function resolveSolveOptions(options: SolveOptions): ResolvedSolveOptions {
  const context = resolveMainContext(options);
  const tags = (options.tags ?? []).map((tag, index) => resolveTag(`tags[${index}]`, tag));
  const platforms = resolvePlatforms(options.platform);
  const exports = (options.exports ?? []).map((entry, index) =>
    resolveExport(entry, { option: `exports[${index}]`, tags }),
  );
  if (platforms.length > 1 && exports.some(({ type }) => type === "docker")) {
    throw invalidOption(
      "platform",
      `A docker export holds one platform, not ${platforms.length}: ${platforms.join(", ")}`,
    );
  }
  return {
    context,
    dockerfile: resolveDockerfile(context, options.dockerfile),
    secrets: resolveSecrets(options.secrets ?? {}),
    ssh: resolveSsh(options.ssh ?? {}),
    tags: tags.map((tag) => formatReference(withDefaultTag(tag))),
    platforms,
    buildArgs: checkRecord("buildArgs", options.buildArgs ?? {}),
    labels: checkRecord("labels", options.labels ?? {}),
    target: options.target === undefined ? undefined : checkWord("target", options.target),
    noCache: options.noCache === true,
    exports,
  };
}

function resolveTag(option: string, tag: string): Reference {
  const reference = named(option, () => parseReference(checkText(option, tag)));
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
      normalizePlatform(named(option, () => parsePlatform(checkText(option, text)))),
    );
  });
  return [...new Set(formatted)];
}

/** Runs a parser whose error does not know which option it was called for. */
function named<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!SolverError.is(error)) throw error;
    throw invalidOption(option, `${option}: ${error.message}`);
  }
}
