// SPDX-License-Identifier: Apache-2.0
import type { BuildResult } from "./build-result.js";
import type { Daemon } from "./daemon/daemon.js";
import { runSolve } from "./run-solve.js";
import type { SolveCallOptions } from "./solve-call-options.js";

/**
 * Builds a Dockerfile: opens a session, asks the daemon to solve, follows the status and serves what the daemon asks
 * for. The first failure anywhere ends the rest and is what the caller sees.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` before anything is opened; `BK_SOLVE_FAILED` with `failure`;
 * {SessionError} when serving failed; {TransportError} when a connection did; `signal.reason` when aborted.
 */
export function solve(daemon: Daemon, options: SolveCallOptions): Promise<BuildResult> {
  return runSolve(daemon, options);
}
