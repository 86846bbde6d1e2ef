// SPDX-License-Identifier: Apache-2.0
import { createSession } from "@bk/session";
import { startFakeDaemon, startFakeDocker } from "@bk/testing";
import { type DockerEndpoint, parseAddress, type SocketAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDockerDaemon } from "../../src/daemon/docker-daemon.js";

function endpointOf(address: string): DockerEndpoint {
  return { address: parseAddress(address) as SocketAddress, source: "DOCKER_HOST" };
}

describe("createDockerDaemon()", () => {
  test("asks Docker once for both connections of a build, and opens the second while the first is opened", async () => {
    await using buildkit = await startFakeDaemon();
    await using docker = await startFakeDocker({
      upgrades: {
        "/grpc": { kind: "switch", onSocket: buildkit.accept },
        "/session": { kind: "switch", onSocket: () => {} },
      },
    });
    await using daemon = createDockerDaemon({
      endpoint: endpointOf(docker.address),
    });
    await using session = createSession({ attachables: [] });

    const [connection] = await Promise.all([daemon.openSession(session), daemon.channel.connect()]);
    connection.destroy();

    expect(docker.requests.map(({ url }) => url).sort()).toEqual(["/_ping", "/grpc", "/session"]);
  });

  test("asks again when it could not be reached the first time", async () => {
    let reachable = false;
    await using docker = await startFakeDocker();
    await using daemon = createDockerDaemon({
      endpoint: () => Promise.resolve(endpointOf(reachable ? docker.address : "unix:///nonexistent")),
    });
    await expect(daemon.channel.connect()).rejects.toMatchObject({ code: "BK_ENDPOINT_NOT_FOUND" });

    reachable = true;

    await expect(daemon.channel.connect()).rejects.toMatchObject({ code: "BK_UPGRADE_REFUSED" });
  });
});
