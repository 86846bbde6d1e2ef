// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { fromRpcStatus } from "../failure/remote-status.js";
import { createSolveFailure, type SolveFailure } from "../failure/solve-failure.js";
import { readBuildError } from "./build-error.js";
import { findBuild } from "./inspect-build.js";

/**
 * Why a build of the daemon's history failed, with the place in the Dockerfile; undefined when it did not fail, or still
 * runs. The output of the step is not among it: that is in the build's status.
 *
 * @throws {SolverError} `BK_BUILD_NOT_FOUND`; {TransportError}; `signal.reason`.
 */
export async function explainBuild(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): Promise<SolveFailure | undefined> {
  const error = await readBuildError(daemon, await findBuild(daemon, ref, options), options);
  return error && createSolveFailure({ remote: await fromRpcStatus(error) });
}
