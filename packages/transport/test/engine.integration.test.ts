// SPDX-License-Identifier: Apache-2.0
import { Control } from "@bk/proto/control";
import { integration, leakCheck, startRelay, useEngine } from "@bk/testing";
import { createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../src/address.js";
import { type Channel, createChannel } from "../src/channel.js";
import { createConnectTransport } from "../src/connect.js";
import { createDialer } from "../src/create-dialer.js";
import { type DockerEndpoint, resolveDockerEndpoint } from "../src/docker/endpoint.js";
import { resolveDockerMode } from "../src/docker/mode.js";
import { pingDocker } from "../src/docker/ping.js";
import { createDockerUpgradeDialer } from "../src/docker/upgrade-dialer.js";

/** The engine's workers, which shows that calls go through. */
async function countWorkers(channel: Channel): Promise<number> {
  const { record } = await createClient(Control, createConnectTransport(channel)).listWorkers({});
  return record.length;
}

integration.describe("a real engine", () => {
  leakCheck();

  async function dockerEndpoint(): Promise<DockerEndpoint> {
    return resolveDockerEndpoint({ env: { DOCKER_HOST: useEngine().dockerHost } });
  }

  test("answers calls through the Docker upgrade, also after a lost connection", async () => {
    const endpoint = await dockerEndpoint();
    expect((await pingDocker(endpoint)).apiVersion).toMatch(/^1\.\d+$/);
    await using channel = createChannel(createDockerUpgradeDialer({ endpoint, path: "/grpc" }));
    expect(await countWorkers(channel)).toBeGreaterThan(0);
    channel.reset(new Error("as if lost"));
    expect(await countWorkers(channel)).toBeGreaterThan(0);
  });

  test("speaks HTTP/2 on its socket when it says so", async () => {
    const endpoint = await dockerEndpoint();
    const mode = await resolveDockerMode(endpoint);
    const attempt = createChannel(createDialer(endpoint.address));
    const workers = await countWorkers(attempt).catch(() => 0);
    await attempt.close();
    expect(workers > 0).toBe(mode === "direct");
  });

  describe("behind a relay, as a standalone daemon", () => {
    test.each(["unix", "tcp", "tls"] as const)("answers calls over %s", async (kind) => {
      await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: kind });
      const pki = relay.tls;
      const tls = pki && { ca: pki.ca.cert, cert: pki.client.cert, key: pki.client.key };
      await using channel = createChannel(createDialer(parseAddress(relay.address), { tls }));
      expect(await countWorkers(channel)).toBeGreaterThan(0);
    });
  });
});
