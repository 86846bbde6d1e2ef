// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { Readable } from "node:stream";
import { checkPath, checkText } from "../check-option.js";
import { invalidOption, showValue } from "../invalid-option.js";
import { parseRemoteUrl, type RemoteUrl } from "./remote-url.js";

/** What COPY and ADD read from, and the Dockerfile. */
export interface MainContextOptions {
  /** Directory that COPY and ADD read from. Relative paths start at the working directory. */
  readonly contextDir?: string | undefined;
  /**
   * In place of `contextDir`: what the daemon fetches by itself, from the URL of a git repository
   * (`https://host/app.git#branch:dir`, `git://`, `ssh://`, `git@host:app.git`), or over HTTP from that of a tar or of a
   * Dockerfile. Or a stream of a tar archive, plain or compressed with gzip, bzip2 or xz, or of a Dockerfile, which then
   * has no files to copy; it is read as the daemon takes it, and is destroyed when the build ends.
   */
  readonly context?: string | Readable | undefined;
  /**
   * The Dockerfile: a path, relative to the working directory as in `docker buildx build -f`, its text, or a
   * stream of it, up to 16 MiB. With an archive or a URL as `context`, a path inside it; an absolute path stays one of
   * this machine with a URL. By default `Dockerfile` in the context.
   */
  readonly dockerfile?: string | { readonly text: string } | Readable | undefined;
}

/** Where the context comes from. Of a stream it is not known yet whether it is an archive or a Dockerfile. */
export type ContextSource =
  /** `dir` is absolute. */
  | { readonly kind: "disk"; readonly dir: string }
  | { readonly kind: "stream"; readonly body: Readable }
  | { readonly kind: "remote"; readonly remote: RemoteUrl };

/** Where the Dockerfile comes from; `filename` is its name in the directory that the daemon reads. */
export type DockerfileSource =
  | { readonly kind: "disk"; readonly dir: string; readonly filename: string }
  | { readonly kind: "memory"; readonly text: string; readonly filename: string }
  | { readonly kind: "stream"; readonly body: Readable; readonly filename: string }
  /** A path in the context, which is an archive or remote. */
  | { readonly kind: "context"; readonly filename: string };

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveMainContext({ contextDir, context }: MainContextOptions): ContextSource {
  if (context === undefined) return { kind: "disk", dir: resolve(checkPath("contextDir", contextDir)) };
  if (contextDir !== undefined) throw invalidOption("context", "A build has contextDir or context, not both");
  if (typeof context !== "string") return { kind: "stream", body: checkStream("context", context) };
  const remote = parseRemoteUrl("context", context);
  if (remote) return { kind: "remote", remote };
  const problem =
    "not the URL of a git repository, a tar or a Dockerfile. A directory is given as contextDir";
  throw invalidOption("context", `context is ${showValue(context)}, ${problem}`);
}

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveDockerfile(
  context: ContextSource,
  dockerfile: MainContextOptions["dockerfile"],
): DockerfileSource {
  const filename = "Dockerfile";
  if (dockerfile === undefined)
    return context.kind === "disk" ? { ...context, filename } : { kind: "context", filename };
  if (typeof dockerfile === "string") return resolvePath(context, checkPath("dockerfile", dockerfile));
  if (dockerfile instanceof Readable) {
    if (context.kind === "stream" && context.body === dockerfile)
      throw invalidOption("dockerfile", "One stream cannot be both the context and the Dockerfile");
    return { kind: "stream", body: checkStream("dockerfile", dockerfile), filename };
  }
  return { kind: "memory", text: checkText("dockerfile.text", dockerfile.text), filename };
}

function resolvePath(context: ContextSource, path: string): DockerfileSource {
  const isInside = context.kind === "stream" || (context.kind === "remote" && !isAbsolute(path));
  if (isInside) return { kind: "context", filename: path };
  return { kind: "disk", dir: dirname(resolve(path)), filename: basename(resolve(path)) };
}

function checkStream(option: string, value: unknown): Readable {
  if (!(value instanceof Readable)) throw invalidOption(option, `${option} is not a Readable stream`);
  if (value.destroyed || value.readableEnded)
    throw invalidOption(option, `The stream of ${option} has ended before the build`);
  return value;
}
