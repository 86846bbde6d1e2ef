// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type Attachable,
  createDiskSource,
  createFileSync,
  createMemorySource,
  createUpload,
  type FileSyncOptions,
  type SyncSource,
  type Upload,
} from "@bk/session";
import type { AbortOptions } from "@bk/transport";
import { type OpenedContext, openContextStreams } from "./context-stream.js";
import type { DockerfileSource } from "./options/contexts/main-context.js";
import type { NamedContext } from "./options/contexts/named-contexts.js";
import { invalidOption } from "./options/invalid-option.js";
import type { ResolvedSolveOptions } from "./options/solve-options.js";
import { CONTEXT_DIR_NAME, DOCKERFILE_DIR_NAME } from "./options/solve-request.js";
import { sharedKey } from "./shared-key.js";

export interface ContextServices {
  readonly attachables: readonly Attachable[];
  /** Lets the daemon reuse what it got of this directory from this machine in an earlier build. */
  readonly sharedKey: string;
  /** Where the daemon fetches the context from, when that is an archive or remote. */
  readonly contextUrl: string | undefined;
}

export interface ContextServicesOptions extends AbortOptions {
  readonly onSyncProgress?: FileSyncOptions["onProgress"];
  readonly onUnreadable?: FileSyncOptions["onUnreadable"];
}

/**
 * The session services that a build's own options ask for: the context and the Dockerfile.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` when the context or the Dockerfile is not there; `signal.reason`.
 */
export async function createContextServices(
  options: ResolvedSolveOptions,
  { signal, onSyncProgress, onUnreadable }: ContextServicesOptions = {},
): Promise<ContextServices> {
  const opened = await openContextStreams(options, { signal });
  const { context, dockerfile } = opened;
  if (context.kind === "disk") await checkContextDir("contextDir", context.dir);
  for (const [name, named] of options.namedContexts)
    if (named.kind === "disk") await checkContextDir(`namedContexts.${name}`, named.dir);
  if (dockerfile.kind === "disk") await checkDockerfile(dockerfile);
  const upload = context.kind === "archive" ? createUpload() : undefined;
  return {
    attachables: [
      createFileSync({
        dirs: sourceDirs(opened, options.namedContexts),
        onProgress: onSyncProgress,
        onUnreadable,
      }),
      ...(upload ? [upload] : []),
    ],
    sharedKey: context.kind === "disk" ? sharedKey(context.dir) : "",
    contextUrl: contextUrl(context, upload),
  };
}

function contextUrl(context: OpenedContext["context"], upload: Upload | undefined): string | undefined {
  if (context.kind === "remote") return context.remote.url;
  return context.kind === "archive" ? upload?.add(context.body) : undefined;
}

/** What the daemon may read by name. What comes by a URL is not there, nor the Dockerfile in it. */
function sourceDirs(
  { context, dockerfile }: OpenedContext,
  namedContexts: ReadonlyMap<string, NamedContext>,
): ReadonlyMap<string, SyncSource> {
  const dirs = new Map<string, SyncSource>();
  if (context.kind === "disk") dirs.set(CONTEXT_DIR_NAME, createDiskSource(context.dir));
  if (context.kind === "empty") dirs.set(CONTEXT_DIR_NAME, createMemorySource({}));
  if (dockerfile.kind === "disk") dirs.set(DOCKERFILE_DIR_NAME, createDiskSource(dockerfile.dir));
  if (dockerfile.kind === "memory")
    dirs.set(DOCKERFILE_DIR_NAME, createMemorySource({ [dockerfile.filename]: dockerfile.text }));
  for (const named of namedContexts.values())
    if (named.kind === "disk") dirs.set(named.localName, createDiskSource(named.dir));
  return dirs;
}

async function checkContextDir(option: string, dir: string): Promise<void> {
  const found = await stat(dir).catch((cause: NodeJS.ErrnoException) => {
    throw invalidOption(option, `Cannot read the context ${dir}: ${reason(cause)}`);
  });
  if (!found.isDirectory()) throw invalidOption(option, `The context ${dir} is not a directory`);
}

/** Like the daemon's frontend, takes `dockerfile` where there is no `Dockerfile`. */
async function checkDockerfile({ dir, filename }: DockerfileSource & { kind: "disk" }): Promise<void> {
  const path = join(dir, filename);
  const found = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    if (filename === "Dockerfile" && (await stat(join(dir, "dockerfile")).catch(() => undefined)))
      return undefined;
    throw invalidOption("dockerfile", `Cannot read the Dockerfile ${path}: ${reason(cause)}`);
  });
  if (found?.isDirectory()) throw invalidOption("dockerfile", `The Dockerfile ${path} is a directory`);
}

function reason(cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "it does not exist";
  if (cause.code === "EACCES") return "permission denied";
  return cause.message;
}
