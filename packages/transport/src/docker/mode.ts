// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "../abort.js";
import type { DockerEndpoint } from "./endpoint.js";
import { pingDocker } from "./ping.js";

/**
 * How an engine offers BuildKit's API. "direct": HTTP/2 on the socket itself, with the session over
 * Control.Session. "upgrade": through POST /grpc and POST /session.
 */
export type DockerMode = "direct" | "upgrade";

/**
 * Asks the engine which of the two it wants: since API 1.53 (Engine 29.2) the upgrade is deprecated. Over TLS
 * the upgrade is used whatever the version, for the direct way is defined for plain sockets.
 *
 * @throws {TransportError} as `pingDocker`.
 */
export async function resolveDockerMode(
  endpoint: DockerEndpoint,
  options: AbortOptions = {},
): Promise<DockerMode> {
  const { apiVersion = "" } = await pingDocker(endpoint, options);
  if (endpoint.tls !== undefined) return "upgrade";
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 53) ? "direct" : "upgrade";
}
