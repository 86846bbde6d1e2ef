// SPDX-License-Identifier: Apache-2.0
import { Control } from "@bk/proto/control";
import { createChannel, createDialer, findTransportError, parseAddress } from "@bk/transport";
import { createConnectTransport } from "@bk/transport/connect";
import { createClient } from "@connectrpc/connect";

/** Asks the daemon at an address such as tcp://localhost:1234 for its version. */
export async function daemonVersion(address: string): Promise<string> {
  await using channel = createChannel(createDialer(parseAddress(address)));
  try {
    const { buildkitVersion } = await createClient(Control, createConnectTransport(channel)).info({});
    return buildkitVersion?.version ?? "unknown";
  } catch (error) {
    const cause = findTransportError(error);
    return cause === undefined ? "reachable, but older than v0.11" : `${cause.code}: ${cause.message}`;
  }
}
