// SPDX-License-Identifier: Apache-2.0
import { tmpDir } from "@bk/testing";
import { createDockerUpgradeDialer } from "../../src/docker/upgrade-dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { startFakeDocker } from "../helpers/servers.js";
import { describeDialer } from "./describe-dialer.js";

describeDialer("createDockerUpgradeDialer()", async () => {
  const queue = createAcceptQueue();
  const dir = await tmpDir();
  const server = await startFakeDocker(queue.push, dir.join("docker.sock"));
  const endpoint = (name: string) =>
    ({ address: { kind: "unix", path: dir.join(name) }, source: "test" }) as const;
  return {
    dialer: createDockerUpgradeDialer({ endpoint: endpoint("docker.sock"), path: "/grpc" }),
    accept: queue.next,
    absent: createDockerUpgradeDialer({ endpoint: endpoint("absent.sock"), path: "/grpc" }),
    absentCode: "BK_ENDPOINT_NOT_FOUND",
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
});
