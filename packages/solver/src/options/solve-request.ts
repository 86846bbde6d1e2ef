// SPDX-License-Identifier: Apache-2.0
import type { SolveRequestSchema } from "@bk/proto/control";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ResolvedSolveOptions } from "./solve-options.js";

/** The dir-names under which the Dockerfile frontend asks the session for its two directories. */
export const CONTEXT_DIR_NAME = "context";
export const DOCKERFILE_DIR_NAME = "dockerfile";

/** A SolveRequest before it becomes a message, so that building one does not load the protobuf runtime. */
export type SolveRequestInit = MessageInitShape<typeof SolveRequestSchema>;

export interface SolveRequestIds {
  /** Names this build in Status and in the build history. */
  readonly ref: string;
  /** The session that serves the context and receives the export. */
  readonly sessionId: string;
  /** Where the daemon fetches the context from, when that is an archive or remote. */
  readonly contextUrl?: string | undefined;
}

/** The request that makes the daemon run a Dockerfile with its built-in frontend. */
export function createSolveRequest(
  options: ResolvedSolveOptions,
  { ref, sessionId, contextUrl }: SolveRequestIds,
): SolveRequestInit {
  const exporters = options.exports.map(({ type, attrs }) => ({ type, attrs: { ...attrs } }));
  const [first] = exporters;
  return {
    ref,
    session: sessionId,
    frontend: "dockerfile.v0",
    frontendAttrs: { ...frontendAttrs(options), ...contextAttrs(options, contextUrl) },
    exporters,
    // Daemons before v0.13 know one exporter only and read it here.
    ...(first !== undefined && {
      exporterDeprecated: first.type,
      exporterAttrsDeprecated: { ...first.attrs },
    }),
    cache: {},
  };
}

function frontendAttrs(options: ResolvedSolveOptions): Record<string, string> {
  return {
    filename: options.dockerfile.filename,
    ...(options.target !== undefined && { target: options.target }),
    ...(options.platforms.length > 0 && { platform: options.platforms.join(",") }),
    // The value would list stages; empty means all of them.
    ...(options.noCache && { "no-cache": "" }),
    // In Docker's own BuildKit, FROM means an image of that Docker first, as it does for docker build.
    ...(options.exports.some(({ type }) => type === "moby") && { "image-resolve-mode": "local" }),
    ...prefixKeys("build-arg:", options.buildArgs),
    ...prefixKeys("label:", options.labels),
  };
}

/** What is fetched has its own Dockerfile unless the session is said to have one. */
function contextAttrs({ dockerfile }: ResolvedSolveOptions, url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  return { context: url, ...(dockerfile.kind !== "context" && { dockerfilekey: DOCKERFILE_DIR_NAME }) };
}

function prefixKeys(prefix: string, record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
}
