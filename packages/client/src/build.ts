// SPDX-License-Identifier: Apache-2.0
import { createProgressEvents, createProgressWriter } from "@bk/progress";
import { type Attachable, createAuth, createDockerCredentials } from "@bk/session";
import {
  type BuildResult,
  type Daemon,
  type ExportOptions,
  ping,
  refuseForClassicStore,
  resolveSolveOptions,
  type SolveCallOptions,
  type SolveOptions,
  solve,
} from "@bk/solver";
import { listenAbort } from "@bk/transport";
import type { BuildOptions } from "./build-options.js";
import {
  type BuildExport,
  toEmbeddedExports,
  toStandaloneExports,
  toUnopenedExports,
} from "./client-exports.js";
import { ClientError } from "./errors.js";
import { prepareResultFiles, writeResultFiles } from "./result-files.js";
import { waitForReady } from "./wait-for-ready.js";

export interface BuildContext {
  readonly daemon: Daemon;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Where the result goes that nobody wanted elsewhere. */
const LOAD = [{ type: "load" }] as const;

/** Builds into the image store of the Docker whose BuildKit it is. Without a tag the image is untagged. */
export async function buildEmbedded(context: BuildContext, options: BuildOptions): Promise<BuildResult> {
  const exports = options.exports ?? LOAD;
  checkOptions(context, options, exports);
  await prepareResultFiles({ ...options, exports });
  const opened = await toEmbeddedExports(exports, context);
  await refuseForClassicStore(context.daemon, { ...options, exports: opened }, context);
  const result = await run(context, options, opened, solve);
  await writeResultFiles(options, result, context);
  return result;
}

/** Builds on a standalone daemon. Without exports, the image goes into a Docker that was found to be there before. */
export async function buildStandalone(context: BuildContext, options: BuildOptions): Promise<BuildResult> {
  if (options.exports === undefined && toTags(options.tag).length === 0) {
    throw new ClientError(
      "BK_OPTIONS_INVALID",
      "A standalone build needs a tag: the image is loaded into Docker, which would show it without a name",
    );
  }
  const exports = options.exports ?? LOAD;
  checkOptions(context, options, exports);
  await prepareResultFiles({ ...options, exports });
  const opened = await openExports(context, options, exports);
  const result = await run(context, options, opened, solve);
  await writeResultFiles(options, result, context);
  return result;
}

/** Asks the Docker that an image goes into, while the daemon is waited for; what that Docker lacks counts first. */
async function openExports(
  context: BuildContext,
  options: BuildOptions,
  exports: readonly BuildExport[],
): Promise<readonly ExportOptions[]> {
  const joined = new AbortController();
  const stopListening = listenAbort(context.signal, (reason) => joined.abort(reason));
  const given = { ...context, signal: joined.signal };
  const ready = awaitDaemon(given, options);
  ready.catch(() => {});
  try {
    const opened = await toStandaloneExports(exports, given);
    await ready;
    return opened;
  } catch (error) {
    joined.abort(error);
    await ready.catch(() => {});
    throw error;
  } finally {
    stopListening();
  }
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

/** What is wrong is worth no wait, and no Docker that is asked first. */
function checkOptions({ env }: BuildContext, options: BuildOptions, exports: readonly BuildExport[]): void {
  resolveSolveOptions({ ...toSolveOptions(options), exports: toUnopenedExports(exports) }, env);
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
  const { output = process.stdout, progress: mode } = options;
  const progress = createProgressWriter(output, { mode, env: context.env });
  const events = options.onProgress && createProgressEvents(options.onProgress, { loads: isLoaded(options) });
  try {
    const result = await ask(context.daemon, {
      ...toSolveOptions(options),
      exports,
      attachables: [createRegistryAuth(context, options)],
      onStatus(status) {
        progress.update(status);
        events?.update(status);
        options.onStatus?.(status);
      },
      onSyncProgress(sent) {
        events?.updateSent(sent);
        options.onSyncProgress?.(sent);
      },
      onUnreadable: options.onUnreadable,
      env: context.env,
      signal: context.signal,
    });
    events?.complete();
    return result;
  } finally {
    progress.end();
  }
}

function isLoaded({ exports = LOAD }: BuildOptions): boolean {
  return exports.some(({ type }) => type === "load");
}

function toSolveOptions(given: BuildOptions): SolveOptions {
  const {
    output,
    progress,
    registryAuth,
    onProgress,
    onStatus,
    onSyncProgress,
    onUnreadable,
    waitTimeoutMs,
    signal,
    ...rest
  } = given;
  const { metadataFile, metadataProvenance, imageIdFile, exports, tag, ...options } = rest;
  return { ...options, tags: toTags(tag) };
}

/** As docker does: the credentials and the client's keys are those of the Docker config. */
function createRegistryAuth({ env }: BuildContext, { registryAuth }: BuildOptions): Attachable {
  return createAuth({ ...registryAuth, credentials: createDockerCredentials({ env }), env });
}

function toTags(tag: BuildOptions["tag"]): readonly string[] {
  if (tag === undefined) return [];
  return typeof tag === "string" ? [tag] : tag;
}
