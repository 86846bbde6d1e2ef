// SPDX-License-Identifier: Apache-2.0
import { tmpDir } from "@bk/testing";
import { parseAddress } from "../../src/address.js";
import { createDialer } from "../../src/create-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { startRawServer } from "../helpers/servers.js";
import { joinSocket, writeStandIn } from "../helpers/stand-in.js";
import { describeDialer } from "./describe-dialer.js";

describeDialer("createCommandDialer()", async () => {
  const queue = createAcceptQueue();
  const dir = await tmpDir();
  const server = await startRawServer(queue.push, dir.join("bk.sock"));
  const podman = await writeStandIn(dir, "podman", joinSocket(dir.join("bk.sock")));
  const nerdctl = await writeStandIn(dir, "nerdctl", joinSocket(dir.join("absent.sock")));
  return {
    dialer: createDialer(parseAddress("podman-container://buildkitd"), { env: podman.env }),
    accept: queue.next,
    absent: createDialer(parseAddress("nerdctl-container://buildkitd"), { env: nerdctl.env }),
    absentCode: "BK_CONNECTION_REFUSED",
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
});
