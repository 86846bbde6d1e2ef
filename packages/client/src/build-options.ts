// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { ProgressEvent, ProgressMode } from "@bk/progress";
import type { AuthOptions, SyncProgress } from "@bk/session";
import type { SolveOptions, SolveStatus } from "@bk/solver";
import type { AbortOptions } from "@bk/transport";
import type { BuildExport } from "./client-exports.js";
import type { ResultFileOptions } from "./result-files.js";

export type RegistryAuthOptions = Pick<AuthOptions, "allowedRegistries" | "allowTokenRealm" | "tls">;

/** What is built is described by `SolveOptions` of `@bk/solver`. */
export interface BuildOptions
  extends AbortOptions,
    ResultFileOptions,
    Omit<SolveOptions, "tags" | "exports"> {
  /** Which registries may be used as the user, and where the credentials for them may go. */
  readonly registryAuth?: RegistryAuthOptions | undefined;
  /** Name of the image, or several. Standalone builds that are loaded into Docker need one. */
  readonly tag?: string | readonly string[] | undefined;
  /**
   * Where the result goes, in place of Docker: `[{ type: "local", dest: "out" }]`. No Docker is needed for that, nor a
   * tag unless the export pushes. With `{ type: "load" }` among others it goes into Docker too. With an empty list it
   * stays in the daemon's cache.
   */
  readonly exports?: readonly BuildExport[] | undefined;
  /**
   * Called every 100 ms while the context or the Dockerfile is sent, and once at the end of each. What it throws
   * fails the build.
   */
  readonly onSyncProgress?: ((progress: SyncProgress) => void) | undefined;
  /**
   * Called with what a progress bar needs: how far the build is, as one number, and which phases start and end. It is
   * called when the build tells something: while a long step is silent, neither the fraction nor the estimate moves.
   * What it throws fails the build.
   */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /**
   * Called with each message of the build's status, as the daemon sent it: untrusted text and all. What it throws fails
   * the build.
   */
  readonly onStatus?: ((status: SolveStatus) => void) | undefined;
  /** What becomes of entries of the context that may not be read: the build fails, or goes on without them. Default `error`. */
  readonly onUnreadable?: "error" | "skip" | undefined;
  /**
   * How the progress is shown: with live lines on a terminal and as plain text elsewhere by default, or as `tty`,
   * `plain`, `rawjson`, `quiet` (only what failed) or `none`.
   */
  readonly progress?: ProgressMode | undefined;
  /**
   * Takes the progress. Default `process.stdout`. It is never ended, and holds 4 MiB at most when it is not read.
   */
  readonly output?: Writable | undefined;
  /** Standalone only: how long to wait for the daemon, in milliseconds; 0 not to wait. Default 30 000. */
  readonly waitTimeoutMs?: number | undefined;
}
