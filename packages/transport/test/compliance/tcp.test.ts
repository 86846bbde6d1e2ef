// SPDX-License-Identifier: Apache-2.0
import { createTcpDialer } from "../../src/tcp-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { startRawServer } from "../helpers/servers.js";
import { describeDialer } from "./describe-dialer.js";

describeDialer("createTcpDialer()", async () => {
  const queue = createAcceptQueue();
  const server = await startRawServer(queue.push);
  const gone = await startRawServer(() => {});
  await gone[Symbol.asyncDispose]();
  return {
    dialer: createTcpDialer({ host: "127.0.0.1", port: server.port }),
    accept: queue.next,
    absent: createTcpDialer({ host: "127.0.0.1", port: gone.port }),
    absentCode: "BK_CONNECTION_REFUSED",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
