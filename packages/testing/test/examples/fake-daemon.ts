// SPDX-License-Identifier: Apache-2.0
import { connect } from "node:net";
import { InfoRequestSchema, InfoResponseSchema } from "@bk/proto/control";
import { openSessionPeer, startFakeDaemon } from "@bk/testing";

const info = "/moby.buildkit.v1.Control/Info";

// A daemon that answers once and then vanishes.
export async function askTwice(): Promise<readonly unknown[]> {
  await using daemon = await startFakeDaemon();
  daemon.handle(info, (call) => {
    daemon.handle(info, () => daemon.cutConnections());
    call.send(InfoResponseSchema, { buildkitVersion: { version: "v0.0.0+unknown" } });
    call.end();
  });
  await using peer = openSessionPeer(connect(new URL(daemon.address).pathname));
  const ask = () => peer.unary(info, InfoRequestSchema, {}, InfoResponseSchema);
  const first = await ask();
  const second = await ask().catch((error: Error) => error);
  return [first.buildkitVersion?.version, second];
}
