// SPDX-License-Identifier: Apache-2.0
import type { CacheOptions, SolveRequest } from "@bk/proto/control-codec";
import type { ResolvedCache } from "./caches/resolved-cache.js";
import { createFrontendAttrs, type WorkerFacts } from "./frontend-attrs.js";
import type { ResolvedSolveOptions } from "./solve-options.js";

/** The dir-names under which the Dockerfile frontend asks the session for its two directories. */
export const CONTEXT_DIR_NAME = "context";
export const DOCKERFILE_DIR_NAME = "dockerfile";

/** What of a SolveRequest is not empty. */
export type SolveRequestInit = Partial<Omit<SolveRequest, "cache">> & {
  readonly cache?: Pick<CacheOptions, "imports" | "exports">;
};

export interface SolveRequestIds {
  /** Names this build in Status and in the build history. */
  readonly ref: string;
  /** The session that serves the context and receives the export. */
  readonly sessionId: string;
  /** Where the daemon fetches the context from, when that is an archive or remote. */
  readonly contextUrl?: string | undefined;
  /** What the daemon told of itself, when an option needs it. */
  readonly worker?: WorkerFacts | undefined;
}

/** The request that makes the daemon run a Dockerfile with its own frontend, or with one from an image. */
export function createSolveRequest(
  options: ResolvedSolveOptions,
  { ref, sessionId, contextUrl, worker }: SolveRequestIds,
): SolveRequestInit {
  const exporters = options.exports.map(({ type, attrs }) => ({ type, attrs: { ...attrs } }));
  const [first] = exporters;
  return {
    ref,
    session: sessionId,
    frontend: options.frontend.name,
    frontendAttrs: { ...createFrontendAttrs(options, { contextUrl, worker }), ...cacheAttrs(options) },
    exporters,
    // Daemons before v0.13 know one exporter only and read it here.
    ...(first !== undefined && {
      exporterDeprecated: first.type,
      exporterAttrsDeprecated: { ...first.attrs },
    }),
    entitlements: [...options.entitlements],
    ...(options.sourcePolicy !== undefined && { sourcePolicy: options.sourcePolicy }),
    cache: { imports: options.cacheFrom.map(toEntry), exports: options.cacheTo.map(toEntry) },
  };
}

/** It is the frontend that reads from caches. Must match the daemon: frontend/dockerui of moby/buildkit. */
function cacheAttrs({ cacheFrom }: ResolvedSolveOptions): Record<string, string> {
  if (cacheFrom.length === 0) return {};
  return {
    "cache-imports": JSON.stringify(cacheFrom.map(({ type, attrs }) => ({ Type: type, Attrs: attrs }))),
  };
}

function toEntry({ type, attrs }: ResolvedCache): { type: string; attrs: Record<string, string> } {
  return { type, attrs: { ...attrs } };
}
