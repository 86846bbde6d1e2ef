// SPDX-License-Identifier: Apache-2.0

/** Ends a command whose exit code is its result. */
export class ExitError extends Error {
  readonly exitCode: number;

  /** `text` goes to stderr, after `bk: `. */
  constructor(exitCode: number, text = "") {
    super(text);
    this.name = "ExitError";
    this.exitCode = exitCode;
  }
}
