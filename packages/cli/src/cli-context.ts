// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from "node:stream";
import type { DaemonFlags } from "./daemon-flags.js";

/** What the command line may use of the process that it runs in. */
export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looked at only by commands that read it. */
  readonly stdin: Readable;
  /** Results, for other programs to read. */
  readonly stdout: Writable;
  /** Progress and errors, for people. */
  readonly stderr: Writable;
  /** Aborts with an `InterruptedError` when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called when an image has been built, which runs most of the program. */
  readonly onBuilt?: () => void;
}

/** What a command may use. */
export interface CliContext extends ProcessContext {
  /** Which daemon was asked for, once the command line has been read. */
  readonly daemonFlags: () => DaemonFlags;
}
