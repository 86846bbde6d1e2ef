// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from "node:stream";

/** What a command may use of the process that it runs in. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looked at only by commands that read it. */
  readonly stdin: Readable;
  /** Results, for other programs to read. */
  readonly stdout: Writable;
  /** Progress and errors, for people. */
  readonly stderr: Writable;
  /** Aborts with an `InterruptedError` when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
}
