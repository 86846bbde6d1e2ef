// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:tls";
import { createTestPki, type TestPki, tmpDir } from "@bk/testing";
import { createTcpDialer } from "../../src/tcp-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { listen, startRawServer } from "../helpers/servers.js";
import { describeDialer } from "./describe-dialer.js";

const pki = makePki();

describeDialer("createTcpDialer() with TLS", async () => {
  const { ca, server: own, client } = await pki;
  const queue = createAcceptQueue();
  const tlsServer = createServer({
    cert: own.cert,
    key: own.key,
    ca: ca.cert,
    requestCert: true,
    ALPNProtocols: ["h2"],
    allowHalfOpen: true,
  });
  tlsServer.on("secureConnection", (socket) => {
    socket.on("error", () => {});
    queue.push(socket);
  });
  const server = await listen(tlsServer);
  const gone = await startRawServer(() => {});
  await gone[Symbol.asyncDispose]();
  const tls = { ca: ca.cert, cert: client.cert, key: client.key };
  return {
    dialer: createTcpDialer({ host: "127.0.0.1", port: server.port, tls }),
    accept: queue.next,
    absent: createTcpDialer({ host: "127.0.0.1", port: gone.port, tls }),
    absentCode: "BK_CONNECTION_REFUSED",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

/** Making certificates takes a second, so one set serves the file. */
async function makePki(): Promise<TestPki> {
  await using dir = await tmpDir();
  return await createTestPki(dir.path);
}
