// SPDX-License-Identifier: Apache-2.0

// Being a session.
export type { Attachable, RouteContext, Routes, StreamCall, StreamHandler } from "./attachable.js";
// Services.
export {
  type AllowTokenRealm,
  type AuthOptions,
  type CredentialSource,
  createAuth,
  createDockerCredentials,
  type DockerCredentialsOptions,
  type RegistryAuth,
  type RegistryTls,
  type TokenRealm,
} from "./auth/index.js";
export {
  type ContentStore,
  type ExportStore,
  hasBlob,
  type ImportStore,
  openExportStore,
  openImportStore,
} from "./content/content-store.js";
export { createContentStores } from "./content/content-stores.js";
export type { Descriptor } from "./content/descriptor.js";
export { findManifest, type ManifestName, putManifest } from "./content/layout-index.js";
export { removeUnreferenced } from "./content/remove-unreferenced.js";
export type { Environment } from "./environment.js";
export { SessionError, type SessionErrorCode } from "./errors.js";
export {
  createFileSend,
  type DirectoryExport,
  type ExportTarget,
  type OpenExport,
} from "./filesync/file-send.js";
export { createFileSync, type FileSyncOptions, type SyncProgress } from "./filesync/file-sync.js";
export { createDiskTarget, type DiskTargetOptions } from "./filesync/receive/disk-target.js";
export {
  createMemoryTarget,
  type MemoryFile,
  type MemoryTarget,
  type MemoryTargetOptions,
} from "./filesync/receive/memory-target.js";
export type { ReceiveSummary } from "./filesync/receive/receive-files.js";
export {
  DROP_PRIVILEGED,
  KEEP_ALL,
  type OmittedEntry,
  type ReceivePolicy,
  type Target,
  type TargetFile,
} from "./filesync/receive/target.js";
export { createDiskSource } from "./filesync/source/disk-source.js";
export { createMemorySource } from "./filesync/source/memory-source.js";
export type { MemoryEntry } from "./filesync/source/memory-tree.js";
export type {
  ReadOptions,
  SkippedEntry,
  SourceFile,
  SyncPatterns,
  SyncSource,
} from "./filesync/source/source.js";
export type { Metadata } from "./metadata.js";
export { checkSecret, type SecretCallback, type SecretSource } from "./secrets/secret-source.js";
export { createSecrets, type SecretsOptions } from "./secrets/secrets.js";
export { createSession, type Session, type SessionOptions } from "./session.js";
export type { SessionConnection } from "./session-server.js";
export { openSessionTunnel } from "./session-tunnel.js";
export { createSshForward, type SshForwardOptions } from "./ssh/ssh-forward.js";
export type { SshSource } from "./ssh/ssh-source.js";
export { createUpload, type Upload } from "./upload/upload.js";
