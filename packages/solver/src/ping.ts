// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, findTransportError } from "@bk/transport";
import { callOptions, type Daemon } from "./daemon.js";
import { SolverError } from "./errors.js";

/**
 * Asks the daemon for its version, which shows that it is there and speaks BuildKit's API. Daemons that do not know
 * the call answer Unimplemented, which shows the same.
 *
 * @throws {TransportError} why the daemon cannot be reached; {SolverError} `BK_DAEMON_UNAVAILABLE` for its refusal.
 */
export async function ping(daemon: Daemon, { signal }: AbortOptions = {}): Promise<void> {
  await daemon.channel.connect({ signal });
  const control = await daemon.control();
  try {
    await control.info({}, callOptions({ signal }));
  } catch (error) {
    signal?.throwIfAborted();
    const { ConnectError, Code } = await import("@connectrpc/connect");
    if (ConnectError.from(error).code === Code.Unimplemented) return;
    throw findTransportError(error) ?? refused(error, daemon.endpoint);
  }
}

function refused(cause: unknown, endpoint: string): SolverError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SolverError("BK_DAEMON_UNAVAILABLE", `The daemon at ${endpoint} refused a ping: ${reason}`, {
    cause,
  });
}
