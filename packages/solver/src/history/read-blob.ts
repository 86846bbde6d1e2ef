// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { explainCall } from "../control/call-control.js";
import { callOptions, connectTransport, type Daemon } from "../daemon/daemon.js";

/**
 * The bytes of a blob that the daemon keeps, in pieces of at most 16 MiB. Leaving the loop cancels the call.
 *
 * @throws {TransportError}; {SolverError} `BK_REQUEST_REFUSED`, also when the daemon has no such blob; `signal.reason`.
 */
export async function* readBlob(
  daemon: Daemon,
  digest: string,
  { signal }: AbortOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    signal?.throwIfAborted();
    const [{ createClient }, { Content }, transport] = await Promise.all([
      import("@connectrpc/connect"),
      import("@bk/proto/content"),
      connectTransport(daemon.channel),
    ]);
    const content = createClient(Content, transport);
    for await (const { data } of content.read({ digest }, callOptions({ signal }))) yield data;
  } catch (error) {
    throw await explainCall(daemon, `send the blob ${digest} of its history`, error, signal);
  }
}
