// SPDX-License-Identifier: Apache-2.0
import { createDiskSource, createFileSync, createSession, openSessionTunnel } from "@bk/session";
import { createChannel, createDialer, parseAddress } from "@bk/transport";

/** Lets a daemon read one directory for as long as `work` runs, which tells the daemon the session's id. */
export async function shareDirectory(host: string, dir: string, work: (sessionId: string) => Promise<void>) {
  await using channel = createChannel(createDialer(parseAddress(host)));
  await using session = createSession({
    attachables: [createFileSync({ dirs: new Map([["context", createDiskSource(dir)]]) })],
    onFailure: (error) => console.error(`The daemon could not be served: ${error.message}`),
  });
  session.serve(await openSessionTunnel(channel, session), { endpoint: host });
  await work(session.id);
}
