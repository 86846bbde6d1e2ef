// SPDX-License-Identifier: Apache-2.0
import { tmpDir } from "@bk/testing";
import { parseAddress } from "../../src/address.js";
import { createDialer } from "../../src/create-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { startFakeExec } from "../helpers/fake-exec.js";
import { describeDialer } from "./describe-dialer.js";

describeDialer("createDockerContainerDialer()", async () => {
  const queue = createAcceptQueue();
  const dir = await tmpDir();
  const docker = await startFakeExec(dir.join("docker.sock"), {
    containers: { buildkitd: { State: { Running: true } }, stopped: { State: { Running: false } } },
    onStart: ({ program }) => queue.push(program),
  });
  const env = { DOCKER_HOST: `unix://${dir.join("docker.sock")}` };
  return {
    dialer: createDialer(parseAddress("docker-container://buildkitd"), { env }),
    accept: queue.next,
    absent: createDialer(parseAddress("docker-container://stopped"), { env }),
    absentCode: "BK_CONNECTION_REFUSED",
    async [Symbol.asyncDispose]() {
      await docker[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
});
