// SPDX-License-Identifier: Apache-2.0
import { sharedKey } from "../shared-key.js";
import { toAttestationAttrs } from "./attestations.js";
import type { NamedContext } from "./contexts/named-contexts.js";
import { toRunAttrs } from "./run-options.js";
import type { ResolvedSolveOptions } from "./solve-options.js";
import { DOCKERFILE_DIR_NAME } from "./solve-request.js";

// Must match the daemon: frontend/dockerui of moby/buildkit reads these, whichever frontend image it is part of.

/** What of a daemon decides about a request. */
export interface WorkerFacts {
  /** Its image store keeps indexes, which attestations need: Docker's classic store does not. */
  readonly storesIndexes: boolean;
  /** The address at which steps reach the daemon's machine; a BuildKit inside Docker tells it. */
  readonly hostGateway: string | undefined;
}

export interface FrontendAttrsContext {
  /** Where the daemon fetches the context from, when that is an archive or remote. */
  readonly contextUrl: string | undefined;
  /** Undefined when no option needs to know. */
  readonly worker: WorkerFacts | undefined;
}

/** @throws {SolverError} `BK_UNSUPPORTED` when a host needs an address that the daemon did not tell */
export function createFrontendAttrs(
  options: ResolvedSolveOptions,
  { contextUrl, worker }: FrontendAttrsContext,
): Record<string, string> {
  const { target, platforms, frontend } = options;
  return {
    ...frontend.attrs,
    filename: options.dockerfile.filename,
    ...(target !== undefined && { target }),
    ...(platforms.length > 0 && { platform: platforms.join(",") }),
    ...noCacheAttrs(options),
    ...resolveModeAttrs(options),
    ...contextAttrs(options, contextUrl),
    ...namedContextAttrs(options),
    ...capsAttrs(options),
    ...toRunAttrs(options.run, worker?.hostGateway),
    ...toAttestationAttrs(options.attestations, worker?.storesIndexes === true && keepsIndex(options)),
    ...prefixKeys("build-arg:", options.buildArgs),
    ...prefixKeys("label:", options.labels),
  };
}

function noCacheAttrs({ noCache }: ResolvedSolveOptions): Record<string, string> {
  // An empty list of stages means all of them.
  if (noCache === "all") return { "no-cache": "" };
  return noCache.length > 0 ? { "no-cache": noCache.join(",") } : {};
}

function resolveModeAttrs({ pull, exports }: ResolvedSolveOptions): Record<string, string> {
  if (pull) return { "image-resolve-mode": "pull" };
  // In Docker's own BuildKit, FROM means an image of that Docker first, as it does for docker build.
  return exports.some(({ type }) => type === "moby") ? { "image-resolve-mode": "local" } : {};
}

/** What is fetched has its own Dockerfile unless the session is said to have one. */
function contextAttrs({ dockerfile }: ResolvedSolveOptions, url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  return { context: url, ...(dockerfile.kind !== "context" && { dockerfilekey: DOCKERFILE_DIR_NAME }) };
}

function namedContextAttrs({ namedContexts }: ResolvedSolveOptions): Record<string, string> {
  const attrs: Record<string, string> = {};
  for (const [name, context] of namedContexts) {
    attrs[`context:${name}`] = toSpecifier(context);
    if (context.kind === "disk") attrs[`sharedkey:localdir:${name}`] = sharedKey(context.dir);
  }
  return attrs;
}

function toSpecifier(context: NamedContext): string {
  switch (context.kind) {
    case "disk":
      return `local:${context.localName}`;
    case "image":
      return `docker-image://${context.reference}`;
    case "layout":
      return `oci-layout://${context.storeName}@${context.source.digest}`;
    case "remote":
      return context.remote.url;
  }
}

/** What older frontends would pass over in silence: they refuse a build that asks for a capability they do not know. */
function capsAttrs({ context, namedContexts }: ResolvedSolveOptions): Record<string, string> {
  const caps = new Set<string>();
  if (namedContexts.size > 0) caps.add("moby.buildkit.frontend.contexts+forward");
  if (context.kind === "remote" && context.remote.hasGitQuery)
    caps.add("moby.buildkit.frontend.gitquerystring");
  for (const named of namedContexts.values())
    if (named.kind === "remote" && named.remote.hasGitQuery)
      caps.add("moby.buildkit.frontend.gitquerystring+forward");
  return caps.size > 0 ? { "frontend.caps": [...caps].sort().join(",") } : {};
}

/** A tar for `docker load` cannot hold an index, and what is no image has no room for attestations. */
function keepsIndex({ exports }: ResolvedSolveOptions): boolean {
  const types = new Set(exports.map(({ type }) => type));
  return !types.has("docker") && (types.has("image") || types.has("oci") || types.has("moby"));
}

function prefixKeys(prefix: string, record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
}
