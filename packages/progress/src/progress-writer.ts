// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { SolveStatus } from "@bk/solver";
import { createDisplay } from "./display.js";
import { type ProgressMode, resolveMode } from "./progress-mode.js";

export interface ProgressWriterOptions {
  /** Default: `auto`. */
  readonly mode?: ProgressMode | undefined;
  /** What is built, shown with it in the modes for people. Default: nothing. */
  readonly title?: string | undefined;
  /**
   * Where TERM and CI are read, NO_COLOR, BUILDKIT_COLORS, BUILDKIT_TTY_LOG_LINES, TTY_DISPLAY_RATE,
   * PROGRESS_NO_TRUNC and GITHUB_ACTIONS. Default: `process.env`.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Shows one build. Disposing it twice, or after `end`, does nothing. */
export interface ProgressWriter extends Disposable {
  update(status: SolveStatus): void;
  /**
   * Writes the rest, and lets go of the output, which stays open. Errors of the output are taken until it has taken or
   * refused what was written.
   */
  end(): void;
  /** What `auto` came to. */
  readonly mode: Exclude<ProgressMode, "auto">;
  /** Lines, or messages of `rawjson`, that were left out because the output was not read, and steps beyond the bounds. */
  readonly dropped: number;
}

/**
 * Shows a build on an output. In a file or a pipe, `plain` and `rawjson` have the bytes of the reference, but that
 * within GitHub's workflows `plain` gives no commands to the runner. On a terminal nothing that a build says can act on
 * it, beyond colours. Never throws and never waits: with 4 MiB unread, text is left out, counted, and told of when the
 * output is read again. An output that fails is left alone.
 */
export function createProgressWriter(output: Writable, options: ProgressWriterOptions = {}): ProgressWriter {
  const { mode: wanted = "auto", title, env = process.env } = options;
  const mode = resolveMode(wanted, output, env);
  const display = createDisplay(mode, { output, title, env });
  let ended = false;

  function end(): void {
    if (ended) return;
    ended = true;
    display.end();
  }

  return {
    update(status) {
      if (!ended) display.update(status);
    },
    end,
    mode,
    get dropped() {
      return display.dropped;
    },
    [Symbol.dispose]: end,
  };
}
