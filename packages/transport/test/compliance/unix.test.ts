// SPDX-License-Identifier: Apache-2.0
import { tmpDir } from "@bk/testing";
import { createUnixDialer } from "../../src/unix-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { startRawServer } from "../helpers/servers.js";
import { describeDialer } from "./describe-dialer.js";

describeDialer("createUnixDialer()", async () => {
  const queue = createAcceptQueue();
  const dir = await tmpDir();
  const server = await startRawServer(queue.push, dir.join("bk.sock"));
  return {
    dialer: createUnixDialer({ path: dir.join("bk.sock") }),
    accept: queue.next,
    absent: createUnixDialer({ path: dir.join("absent.sock") }),
    absentCode: "BK_ENDPOINT_NOT_FOUND",
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
});
