// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { AbortOptions } from "../abort.js";
import type { Dialer } from "../dialer.js";
import type { DockerEndpoint } from "./endpoint.js";
import { createDockerDialer, type DockerHeaders } from "./request.js";
import { dialUpgrade } from "./upgrade.js";

export interface DockerUpgradeOptions {
  readonly endpoint: DockerEndpoint;
  /** `/grpc` is BuildKit's API; on `/session` Docker calls back and the dialer's side is the HTTP/2 server. */
  readonly path: "/grpc" | "/session";
  /** The session's announcement, on `/session`. */
  readonly headers?: DockerHeaders | undefined;
}

/**
 * Asks Docker to switch a connection over to BuildKit's HTTP/2, as `docker buildx` does.
 *
 * `dial` throws TransportError: `BK_UPGRADE_REFUSED` with `status` and `body`, or the socket's own errors.
 */
export function createDockerUpgradeDialer({ endpoint, path, headers }: DockerUpgradeOptions): Dialer {
  const dialer = createDockerDialer(endpoint);
  return {
    endpoint: dialer.endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      return dialUpgrade(dialer, { path, headers, protocol: "h2c" }, { signal });
    },
  };
}
