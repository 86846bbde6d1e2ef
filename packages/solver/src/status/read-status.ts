// SPDX-License-Identifier: Apache-2.0
import { StatusRequest, StatusResponse } from "@bk/proto/control-codec";
import type { AbortOptions } from "@bk/transport";
import { explainedStream } from "../control/call-control.js";
import { streamDirectly } from "../control/direct-call.js";
import type { Daemon } from "../daemon/daemon.js";
import { toSolveStatus } from "./status.js";
import type { SolveStatus } from "./status-types.js";

/**
 * The status of a build by its ref, until the build ends; of a finished build, its whole history. Leaving the loop
 * cancels the call. The daemon waits up to 6 s for a build of that ref to begin.
 *
 * @throws {TransportError} when the daemon cannot be reached or was lost; {SolverError} `BK_REQUEST_REFUSED` with its
 * reason; `signal.reason`.
 */
export async function* readStatus(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): AsyncGenerator<SolveStatus, void, undefined> {
  const request = StatusRequest.encode({ ref }).finish();
  const messages = explainedStream(daemon, "tell a build's status", options, () =>
    streamDirectly(daemon, { method: "Status", request, answer: StatusResponse }, options),
  );
  for await (const message of messages) yield toSolveStatus(message);
}
