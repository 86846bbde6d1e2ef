// SPDX-License-Identifier: Apache-2.0
import type { SolveFailure } from "./failure/solve-failure.js";

/**
 * Why a request to the daemon was not made, or did not succeed.
 *
 * - `BK_OPTIONS_INVALID`: an option was refused before anything was opened; `option` names it.
 * - `BK_SOLVE_FAILED`: the build failed; `failure` says where and why.
 * - `BK_SOLVE_CANCELED`: the daemon canceled the build although the caller had not aborted it.
 * - `BK_DAEMON_UNAVAILABLE`: the daemon could not be reached, or was lost, before it said why.
 * - `BK_LOAD_FAILED`: the image was built, but Docker could not load it.
 * - `BK_REQUEST_REFUSED`: the daemon refused a request that is no build, such as a prune with a malformed filter.
 * - `BK_UNSUPPORTED`: the daemon does not know the request.
 * - `BK_ANSWER_INVALID`: an answer of the daemon, or of a frontend that it runs, is malformed or too large.
 * - `BK_BUILD_NOT_FOUND`: the daemon's history has no such build.
 */
export type SolverErrorCode =
  | "BK_OPTIONS_INVALID"
  | "BK_SOLVE_FAILED"
  | "BK_SOLVE_CANCELED"
  | "BK_DAEMON_UNAVAILABLE"
  | "BK_LOAD_FAILED"
  | "BK_REQUEST_REFUSED"
  | "BK_UNSUPPORTED"
  | "BK_ANSWER_INVALID"
  | "BK_BUILD_NOT_FOUND";

export interface SolverErrorOptions extends ErrorOptions {
  /** The option that was refused, as a path: `tags[1]`, `buildArgs.HTTP_PROXY`. */
  readonly option?: string | undefined;
  readonly failure?: SolveFailure | undefined;
}

/** What `JSON.stringify` makes of a SolverError. */
export interface SolverErrorJson {
  readonly name: "SolverError";
  readonly code: SolverErrorCode;
  readonly message: string;
  readonly option?: string | undefined;
  readonly failure?: SolveFailure | undefined;
}

const brand: symbol = Symbol.for("@bk/solver/SolverError");

/** The error of this package. Branch on `code`; `cause` is kept. */
export class SolverError extends Error {
  readonly code: SolverErrorCode;
  readonly option: string | undefined;
  /** Set for `BK_SOLVE_FAILED` and `BK_SOLVE_CANCELED`. */
  readonly failure: SolveFailure | undefined;

  constructor(code: SolverErrorCode, message: string, options: SolverErrorOptions = {}) {
    super(message, options);
    this.name = "SolverError";
    this.code = code;
    this.option = options.option;
    this.failure = options.failure;
    Object.defineProperty(this, brand, { value: true });
  }

  toJSON(): SolverErrorJson {
    const { code, message, option, failure } = this;
    return {
      name: "SolverError",
      code,
      message,
      ...(option !== undefined && { option }),
      ...(failure !== undefined && { failure }),
    };
  }

  /** Whether `value` is a SolverError of any copy of this package. */
  static is(value: unknown): value is SolverError {
    return value instanceof Error && brand in value;
  }
}
