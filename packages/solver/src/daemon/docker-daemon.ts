// SPDX-License-Identifier: Apache-2.0
import { openSessionTunnel } from "@bk/session";
import {
  type AbortOptions,
  createDockerDialer,
  createDockerUpgradeDialer,
  type Dialer,
  type DockerEndpoint,
  type DockerMode,
  formatAddress,
  resolveDockerMode,
} from "@bk/transport";
import { createDaemon, type Daemon } from "./daemon.js";

export interface DockerDaemonOptions {
  /** Which Docker, or how to find out at the first connection. */
  readonly endpoint: DockerEndpoint | ((options: AbortOptions) => Promise<DockerEndpoint>);
}

interface KnownDocker {
  readonly endpoint: DockerEndpoint;
  readonly mode: DockerMode;
}

/**
 * The BuildKit inside a Docker. Where Docker speaks HTTP/2 on its socket, the session rides on the control API;
 * else both are upgraded connections: `/grpc`, and `/session` for each session.
 */
export function createDockerDaemon({ endpoint }: DockerDaemonOptions): Daemon {
  let known: KnownDocker | undefined;
  async function find(options: AbortOptions): Promise<KnownDocker> {
    if (known) return known;
    const found = typeof endpoint === "function" ? await endpoint(options) : endpoint;
    known = { endpoint: found, mode: await resolveDockerMode(found, options) };
    return known;
  }
  return createDaemon({
    dialer: {
      get endpoint() {
        const docker = known?.endpoint ?? (typeof endpoint === "function" ? undefined : endpoint);
        return docker ? formatAddress(docker.address) : "Docker";
      },
      async dial(options = {}) {
        const docker = await find(options);
        return toDialer(docker).dial(options);
      },
    },
    async openSession(session, channel, options) {
      const docker = await find(options);
      if (docker.mode === "direct") return openSessionTunnel(channel, session, options);
      const { headers } = session;
      return createDockerUpgradeDialer({ endpoint: docker.endpoint, path: "/session", headers }).dial(
        options,
      );
    },
  });
}

function toDialer({ endpoint, mode }: KnownDocker): Dialer {
  if (mode === "direct") return createDockerDialer(endpoint);
  return createDockerUpgradeDialer({ endpoint, path: "/grpc" });
}
