// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import type { SecretSource, SshSource } from "@bk/session";
import { SolverError } from "../errors.js";
import { checkPath, checkRecord, checkText, checkWord } from "./check-option.js";
import { type ExportOptions, type ResolvedExport, resolveExport } from "./export-options.js";
import { invalidOption, showValue } from "./invalid-option.js";
import { resolveSecrets, resolveSsh } from "./mount-options.js";
import { formatPlatformFully, normalizePlatform, parsePlatform } from "./platform.js";
import { formatReference, parseReference, withDefaultTag } from "./reference.js";

/** One build of one Dockerfile. */
export interface SolveOptions {
  /** Directory that COPY and ADD read from. Relative paths start at the working directory. */
  readonly contextDir?: string | undefined;
  /**
   * In place of `contextDir`: a stream of a tar archive, plain or compressed with gzip, bzip2 or xz, or of a
   * Dockerfile, which then has no files to copy. It is read as the daemon takes it, and is destroyed when the
   * build ends.
   */
  readonly context?: Readable | undefined;
  /**
   * The Dockerfile: a path, relative to the working directory as in `docker buildx build -f`, its text, or a
   * stream of it, up to 16 MiB. With an archive as `context`, a path inside it. By default `Dockerfile` in the context.
   */
  readonly dockerfile?: string | { readonly text: string } | Readable | undefined;
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

/** Where the context comes from. Of a stream it is not known yet whether it is an archive or a Dockerfile. */
export type ContextSource =
  /** `dir` is absolute. */
  { readonly kind: "disk"; readonly dir: string } | { readonly kind: "stream"; readonly body: Readable };

/** Where the Dockerfile comes from; `filename` is its name in the directory that the daemon reads. */
export type DockerfileSource =
  | { readonly kind: "disk"; readonly dir: string; readonly filename: string }
  | { readonly kind: "memory"; readonly text: string; readonly filename: string }
  | { readonly kind: "stream"; readonly body: Readable; readonly filename: string }
  /** A path in the archive that is the context. */
  | { readonly kind: "archive"; readonly filename: string };

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
  const context = resolveContext(options);
  const tags = (options.tags ?? []).map((tag, index) => resolveTag(`tags[${index}]`, tag));
  const platforms = resolvePlatforms(options.platform);
  const exports = (options.exports ?? []).map((entry, index) =>
    resolveExport(`exports[${index}]`, entry, tags),
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
    tags,
    platforms,
    buildArgs: checkRecord("buildArgs", options.buildArgs ?? {}),
    labels: checkRecord("labels", options.labels ?? {}),
    target: options.target === undefined ? undefined : checkWord("target", options.target),
    noCache: options.noCache === true,
    exports,
  };
}

function resolveContext({ contextDir, context }: SolveOptions): ContextSource {
  if (context === undefined) return { kind: "disk", dir: resolve(checkPath("contextDir", contextDir)) };
  if (contextDir !== undefined) throw invalidOption("context", "A build has contextDir or context, not both");
  return { kind: "stream", body: checkStream("context", context) };
}

function resolveDockerfile(context: ContextSource, dockerfile: SolveOptions["dockerfile"]): DockerfileSource {
  const filename = "Dockerfile";
  if (dockerfile === undefined)
    return context.kind === "disk" ? { ...context, filename } : { kind: "archive", filename };
  if (typeof dockerfile === "string") {
    const path = checkPath("dockerfile", dockerfile);
    if (context.kind === "stream") return { kind: "archive", filename: path };
    return { kind: "disk", dir: dirname(resolve(path)), filename: basename(resolve(path)) };
  }
  if (dockerfile instanceof Readable) {
    if (context.kind === "stream" && context.body === dockerfile)
      throw invalidOption("dockerfile", "One stream cannot be both the context and the Dockerfile");
    return { kind: "stream", body: checkStream("dockerfile", dockerfile), filename };
  }
  return { kind: "memory", text: checkText("dockerfile.text", dockerfile.text), filename };
}

function checkStream(option: string, value: unknown): Readable {
  if (!(value instanceof Readable)) throw invalidOption(option, `${option} is not a Readable stream`);
  if (value.destroyed || value.readableEnded)
    throw invalidOption(option, `The stream of ${option} has ended before the build`);
  return value;
}

function resolveTag(option: string, tag: string): string {
  const reference = named(option, () => parseReference(checkText(option, tag)));
  if (reference.digest !== undefined) {
    throw invalidOption(
      option,
      `Tag ${showValue(tag)} has a digest, which only the build itself can produce`,
    );
  }
  return formatReference(withDefaultTag(reference));
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
