// SPDX-License-Identifier: Apache-2.0

export type { BuildPhase, ProgressEvent, ProgressMode } from "@bk/progress";
export {
  type AllowTokenRealm,
  type RegistryTls,
  type SecretCallback,
  type SecretSource,
  SessionError,
  type SshSource,
  type SyncProgress,
  type TokenRealm,
} from "@bk/session";
export {
  type ContextEntry,
  type ContextExplanation,
  type ContextOptions,
  type ContextPath,
  type DroppedPath,
  digestContext,
  explainContext,
  type PatternOrigin,
} from "@bk/session/filesync";
export {
  type AttestationOptions,
  type BuildResult,
  type BuildTarget,
  type CacheExportOptions,
  type CacheImportOptions,
  type CheckResult,
  type ExportOptions,
  type FrontendAnswer,
  type FrontendOptions,
  type LintError,
  type LintWarning,
  type LocalExport,
  type OutlineResult,
  type RunOptions,
  type SolveFailure,
  SolverError,
  type SolveStatus,
  type SourcePolicy,
  type TargetsResult,
} from "@bk/solver";
export { TransportError } from "@bk/transport";
export type { BuildOptions, RegistryAuthOptions } from "./build-options.js";
export { Client, type EmbeddedOptions, type FromEnvOptions } from "./client.js";
export type { BuildExport } from "./client-exports.js";
export type { ContextDialer, EmbeddedDialers, SessionDialer } from "./embedded-dialers.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { LoadExport } from "./load-export.js";
export type { ResultFileOptions } from "./result-files.js";
export type { WaitOptions } from "./wait-for-ready.js";
