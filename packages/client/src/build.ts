// SPDX-License-Identifier: Apache-2.0
import { type Attachable, createAuth, createDockerCredentials } from "@bk/session";
import {
  type BuildResult,
  type Daemon,
  type ExportOptions,
  openDockerLoad,
  ping,
  resolveSolveOptions,
  type SolveCallOptions,
  type SolveOptions,
  solve,
} from "@bk/solver";
import { type DockerEndpoint, pingDocker, resolveDockerEndpoint, TransportError } from "@bk/transport";
import type { BuildOptions } from "./build-options.js";
import { ClientError } from "./errors.js";
import { createPlainProgress } from "./plain-progress.js";
import { waitForReady } from "./wait-for-ready.js";

export interface BuildContext {
  readonly daemon: Daemon;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Builds into the image store of the Docker whose BuildKit it is. Without a tag the image is untagged. */
export function buildEmbedded(context: BuildContext, options: BuildOptions): Promise<BuildResult> {
  return run(context, options, options.exports ?? [{ type: "moby" }], solve);
}

/** Builds on a standalone daemon. Without exports, the image goes into a Docker that was found to be there before. */
export async function buildStandalone(context: BuildContext, options: BuildOptions): Promise<BuildResult> {
  if (options.exports === undefined && toTags(options.tag).length === 0) {
    throw new ClientError(
      "BK_OPTIONS_INVALID",
      "A standalone build needs a tag: the image is loaded into Docker, which would show it without a name",
    );
  }
  const checked = options.exports ?? [{ type: "docker", open: () => Promise.reject(new Error("unused")) }];
  resolveSolveOptions({ ...toSolveOptions(options), exports: checked }, context.env); // what is wrong is worth no wait
  const exports = options.exports ?? [await findDockerLoad(context)];
  await awaitDaemon(context, options);
  return run(context, options, exports, solve);
}

/** What is asked about a build, or done with it. */
export type Ask<T> = (daemon: Daemon, options: SolveCallOptions) => Promise<T>;

/** Asks Docker's BuildKit, for which an image's name means one of that Docker first. */
export function askEmbedded<T>(context: BuildContext, options: BuildOptions, ask: Ask<T>): Promise<T> {
  return run(context, options, [{ type: "moby" }], ask);
}

/** Asks a standalone daemon, once it is ready. */
export async function askStandalone<T>(
  context: BuildContext,
  options: BuildOptions,
  ask: Ask<T>,
): Promise<T> {
  resolveSolveOptions({ ...toSolveOptions(options), exports: [] }, context.env);
  await awaitDaemon(context, options);
  return run(context, options, [], ask);
}

async function awaitDaemon({ daemon, signal }: BuildContext, { waitTimeoutMs }: BuildOptions): Promise<void> {
  if (waitTimeoutMs === 0) return;
  await waitForReady(daemon.endpoint, (given) => ping(daemon, given), { timeoutMs: waitTimeoutMs, signal });
}

async function run<T>(
  context: BuildContext,
  options: BuildOptions,
  exports: readonly ExportOptions[],
  ask: Ask<T>,
): Promise<T> {
  const progress = createPlainProgress(options.output ?? process.stdout);
  try {
    return await ask(context.daemon, {
      ...toSolveOptions(options),
      exports,
      attachables: [createRegistryAuth(context, options)],
      onStatus: progress.update,
      onSyncProgress: options.onSyncProgress,
      onUnreadable: options.onUnreadable,
      env: context.env,
      signal: context.signal,
    });
  } finally {
    progress.end();
  }
}

function toSolveOptions(given: BuildOptions): SolveOptions {
  const { output, registryAuth, onSyncProgress, onUnreadable, tag, waitTimeoutMs, signal, ...options } =
    given;
  return { ...options, tags: toTags(tag) };
}

async function findDockerLoad(context: BuildContext): Promise<ExportOptions> {
  const docker = await findDocker(context);
  return { type: "docker", open: (_metadata, given) => openDockerLoad(docker, given) };
}

/** As docker does: the credentials and the client's keys are those of the Docker config. */
function createRegistryAuth({ env }: BuildContext, { registryAuth }: BuildOptions): Attachable {
  return createAuth({ ...registryAuth, credentials: createDockerCredentials({ env }), env });
}

/** The Docker that the image goes to, asked whether it is there before the build begins. */
async function findDocker({ env, signal }: BuildContext): Promise<DockerEndpoint> {
  try {
    const endpoint = await resolveDockerEndpoint({ env, signal });
    await pingDocker(endpoint, { signal });
    return endpoint;
  } catch (cause) {
    signal.throwIfAborted();
    if (!TransportError.is(cause)) throw cause;
    throw new ClientError(
      "BK_NO_DOCKER",
      `There is no Docker to load the image into: ${cause.message.replace(/[.?!]+$/, "")}. Start one, set DOCKER_HOST, or give exports: { type: "local", dest: "out" }, or { type: "image", push: true } for a registry`,
      { cause },
    );
  }
}

function toTags(tag: BuildOptions["tag"]): readonly string[] {
  if (tag === undefined) return [];
  return typeof tag === "string" ? [tag] : tag;
}
