// SPDX-License-Identifier: Apache-2.0
import { StatusRequest, StatusResponse } from "@bk/proto/control-codec";
import type { AbortOptions } from "@bk/transport";
import { streamDirectly } from "../control/direct-call.js";
import type { Daemon } from "../daemon/daemon.js";
import { toSolveStatus } from "./status.js";
import type { SolveStatus } from "./status-types.js";

/**
 * The status of a build by its ref, until the build ends; of a finished build, its whole history. Leaving the loop
 * cancels the call. The daemon waits up to 6 s for a build of that ref to begin.
 *
 * @throws {CallFailure} what the daemon answered; {TransportError} when the connection failed.
 */
export async function* readStatus(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): AsyncGenerator<SolveStatus, void, undefined> {
  const request = StatusRequest.encode({ ref }).finish();
  for await (const message of streamDirectly(daemon, "Status", request, options))
    yield toSolveStatus(StatusResponse.decode(message));
}
