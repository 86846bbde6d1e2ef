// SPDX-License-Identifier: Apache-2.0

// A build.
export type { BuildResult } from "./build-result.js";
// A daemon.
export { createDaemon, type Daemon, type DaemonOptions, type SessionOpener } from "./daemon.js";
export { createDockerDaemon, type DockerDaemonOptions } from "./docker-daemon.js";
export { openDockerLoad } from "./docker-load.js";
export { SolverError, type SolverErrorCode, type SolverErrorJson } from "./errors.js";
export type { DockerExport, ExportOptions, ImageExport, MobyExport } from "./export-options.js";
// Its failure.
export { formatSolveFailure } from "./failure-text.js";
export { toPlainLine } from "./log-tail.js";
export { ping } from "./ping.js";
export { readStatus } from "./read-status.js";
export { type SolveCallOptions, solve } from "./solve.js";
export type { SolveFailure } from "./solve-failure.js";
export { type ResolvedSolveOptions, resolveSolveOptions, type SolveOptions } from "./solve-options.js";
export type { SnippetLine, SourceSnippet } from "./source-snippet.js";
export type {
  ProgressGroup,
  SolveStatus,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "./status-types.js";
