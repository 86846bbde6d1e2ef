// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { callOptions, type Daemon } from "../daemon/daemon.js";
import { toSolveStatus } from "./status.js";
import type { SolveStatus } from "./status-types.js";

/**
 * The status of a build by its ref, until the build ends; of a finished build, its whole history. Leaving the loop
 * cancels the call. The daemon waits up to 6 s for a build of that ref to begin.
 *
 * @throws {ConnectError} what the daemon answered; {TransportError} as its `cause` when the connection failed.
 */
export async function* readStatus(
  daemon: Daemon,
  ref: string,
  { signal }: AbortOptions = {},
): AsyncGenerator<SolveStatus, void, undefined> {
  const control = await daemon.control();
  for await (const response of control.status({ ref }, callOptions({ signal })))
    yield toSolveStatus(response);
}
