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
  raceAbort,
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
  let asked: Promise<unknown> | undefined;
  async function find(options: AbortOptions): Promise<KnownDocker> {
    // Both connections of a build are wanted at the same time, and ask once.
    if (asked) await raceAbort(asked, options.signal);
    if (known) return known;
    const asking = ask(endpoint, options);
    asked = asking
      .catch(() => {})
      .finally(() => {
        asked = undefined;
      });
    known = await asking;
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
      // Is needed next, and connects meanwhile; who needs it hears of what fails.
      channel.connect(options).catch(() => {});
      return createDockerUpgradeDialer({ endpoint: docker.endpoint, path: "/session", headers }).dial(
        options,
      );
    },
  });
}

async function ask(endpoint: DockerDaemonOptions["endpoint"], options: AbortOptions): Promise<KnownDocker> {
  const found = typeof endpoint === "function" ? await endpoint(options) : endpoint;
  return { endpoint: found, mode: await resolveDockerMode(found, options) };
}

function toDialer({ endpoint, mode }: KnownDocker): Dialer {
  if (mode === "direct") return createDockerDialer(endpoint);
  return createDockerUpgradeDialer({ endpoint, path: "/grpc" });
}
