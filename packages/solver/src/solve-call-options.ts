// SPDX-License-Identifier: Apache-2.0
import type { Attachable, Environment, SyncProgress } from "@bk/session";
import type { AbortOptions } from "@bk/transport";
import type { SolveOptions } from "./options/solve-options.js";
import type { SolveStatus } from "./status/status-types.js";

export interface SolveCallOptions extends SolveOptions, AbortOptions {
  /** Services beside those that the options ask for: credentials. */
  readonly attachables?: readonly Attachable[] | undefined;
  /** Called with each status message of the build. What it throws fails the build. */
  readonly onStatus?: ((status: SolveStatus) => void) | undefined;
  /**
   * Called every 100 ms while the context or the Dockerfile is sent, and once at the end of each. What it throws
   * fails the build.
   */
  readonly onSyncProgress?: ((progress: SyncProgress) => void) | undefined;
  /**
   * What becomes of entries of the context that may not be read: the build fails, or goes on without them, and
   * `onSyncProgress` tells which. Default `error`.
   */
  readonly onUnreadable?: "error" | "skip" | undefined;
  /** The build's name in status and history. Default: 128 random bits. */
  readonly ref?: string | undefined;
  /** Where variables with secrets, and `SSH_AUTH_SOCK`, are looked up. Default `process.env`. */
  readonly env?: Environment | undefined;
}
