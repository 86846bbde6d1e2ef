// SPDX-License-Identifier: Apache-2.0

// A build.
export type { BuildResult } from "./build-result.js";
export { refuseForClassicStore } from "./classic-store.js";
// What a daemon holds.
export { type DiskUsageOptions, diskUsage } from "./control/disk-usage.js";
export { type DaemonInfo, readDaemonInfo } from "./control/info.js";
export { type PruneOptions, prune } from "./control/prune.js";
export type { UsageRecord } from "./control/usage-record.js";
export {
  type Device,
  type GcRule,
  type ListWorkersOptions,
  listWorkers,
  type Worker,
} from "./control/workers.js";
// A daemon.
export { createDaemon, type Daemon, type DaemonOptions, type SessionOpener } from "./daemon/daemon.js";
export { createDockerDaemon, type DockerDaemonOptions } from "./daemon/docker-daemon.js";
export { ping } from "./daemon/ping.js";
export { openDockerLoad } from "./docker-load.js";
export { usesContainerdStore } from "./docker-store.js";
export { SolverError, type SolverErrorCode, type SolverErrorJson } from "./errors.js";
export { checkFileTarget, openFileTarget } from "./exports/file-target.js";
// Its failure.
export { type FailureTextOptions, formatSolveFailure } from "./failure/failure-text.js";
export type { FailureReason, SolveFailure } from "./failure/solve-failure.js";
export type { SnippetLine, SourceSnippet } from "./failure/source-snippet.js";
export { parseVertexName, type VertexNameParts } from "./failure/vertex-name.js";
// Questions about a Dockerfile, and builds that are driven from here.
export { callFrontend, type FrontendAnswer } from "./gateway/calls/call-frontend.js";
export {
  type CheckResult,
  checkBuild,
  type LintError,
  type LintWarning,
  parseCheck,
} from "./gateway/calls/check-build.js";
export { type FormatCheckOptions, formatCheck, formatCheckError } from "./gateway/calls/format-check.js";
export { type BuildTarget, listTargets, type TargetsResult } from "./gateway/calls/list-targets.js";
export {
  type OutlineArg,
  type OutlineCache,
  type OutlineMount,
  type OutlineResult,
  outlineBuild,
} from "./gateway/calls/outline-build.js";
export type { FrontendRequest, Gateway } from "./gateway/gateway.js";
export type { GatewayResult } from "./gateway/gateway-result.js";
export type { FileRange } from "./gateway/read-file.js";
export { type GatewayCallback, type GatewayOptions, runGateway } from "./gateway/run-gateway.js";
// The builds that it ran.
export type { BlobDescriptor, BuildOutput, BuildRecord } from "./history/build-record.js";
export { explainBuild } from "./history/explain-build.js";
export { exportBuild } from "./history/export-build.js";
export { inspectBuild } from "./history/inspect-build.js";
export { type BuildEvent, followBuilds, type ListBuildsOptions, listBuilds } from "./history/list-builds.js";
export type { BuildFilter } from "./history/listen-history.js";
export { deleteBuild, pinBuild } from "./history/update-build.js";
// What is told of a build, beside its result.
export { type BuildMetadataOptions, readBuildMetadata } from "./metadata/build-metadata.js";
export type { ProvenanceMode } from "./metadata/read-provenance.js";
export type { AttestationOptions, ProvenanceOptions, SbomOptions } from "./options/attestations.js";
export type { CacheExportOptions, CacheImportOptions } from "./options/cache-options.js";
export type { AzblobCacheExport, AzblobCacheImport } from "./options/caches/azblob.js";
export type { GhaCacheExport, GhaCacheImport } from "./options/caches/gha.js";
export type { InlineCacheExport } from "./options/caches/inline.js";
export type { LocalCacheExport, LocalCacheImport } from "./options/caches/local.js";
export type { RegistryCacheExport, RegistryCacheImport } from "./options/caches/registry.js";
export type { S3CacheExport, S3CacheImport } from "./options/caches/s3.js";
export type { MainContextOptions } from "./options/contexts/main-context.js";
export type { ExportOptions } from "./options/export-options.js";
export type { DockerExport, OciExport } from "./options/exports/archive.js";
export type { ImageExport, MobyExport, RegistryExport } from "./options/exports/image.js";
export type { CompressionOptions, ImageFormatOptions } from "./options/exports/image-format.js";
export type { LocalExport } from "./options/exports/local.js";
export type { TarExport } from "./options/exports/tar.js";
export type { FrontendOptions } from "./options/frontend.js";
export type { RunOptions, Ulimit } from "./options/run-options.js";
export type { RunResources } from "./options/run-resources.js";
export {
  type ResolvedSolveOptions,
  resolveSolveOptions,
  type SolveOptions,
} from "./options/solve-options.js";
export type {
  SourceConstraint,
  SourcePolicy,
  SourceRule,
  SourceSelector,
} from "./options/source-policy.js";
export { solve } from "./solve.js";
export type { SolveCallOptions } from "./solve-call-options.js";
export { readStatus } from "./status/read-status.js";
export type {
  ProgressGroup,
  SolveStatus,
  SourceInfo,
  SourceInfoRange,
  SourcePosition,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "./status/status-types.js";
// Text of a build, for a terminal.
export { neutralizeCommand, toColoredLine, toPlainLine } from "./terminal-line.js";
