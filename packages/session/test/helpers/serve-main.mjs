// SPDX-License-Identifier: Apache-2.0
// Serves a session that ends itself when the daemon cancels a call, in a process of its own, which a test can end when
// its event loop has stopped: node serve-main.mjs PATH SOCKET
import { once } from "node:events";
import { connect } from "node:net";
import { createSession } from "@bk/session";

const [path, socketPath] = process.argv.slice(2);
const session = createSession({ attachables: [{ methods: [path], streams: { [path]: endSession } }] });
const socket = connect(socketPath);
await once(socket, "connect");
const { closed } = session.serve(socket, { endpoint: "the test" });
process.stdout.write(`${await closed}`);

async function endSession({ stream, signal }) {
  stream.write("x");
  await once(signal, "abort");
  await session.close();
}
