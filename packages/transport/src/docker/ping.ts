// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "../abort.js";
import { formatAddress } from "../address.js";
import { TransportError } from "../errors.js";
import type { DockerEndpoint } from "./endpoint.js";
import { dockerRequest } from "./request.js";

export interface DockerPing {
  /** As "1.53". */
  readonly apiVersion: string | undefined;
  readonly osType: string | undefined;
  /** "1" is the classic builder, "2" BuildKit. */
  readonly builderVersion: string | undefined;
}

/**
 * Asks the engine for a sign of life.
 *
 * @throws {TransportError} when it cannot be reached; `BK_UPGRADE_REFUSED` with `status` when it will not answer.
 */
export async function pingDocker(
  endpoint: DockerEndpoint,
  { signal }: AbortOptions = {},
): Promise<DockerPing> {
  const response = await dockerRequest(endpoint, { method: "GET", path: "/_ping", signal });
  response.on("error", () => {}).destroy();
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    const name = formatAddress(endpoint.address);
    throw new TransportError(
      "BK_UPGRADE_REFUSED",
      `Cannot use Docker at ${name}: GET /_ping was answered with status ${status}. The server is no Docker Engine, or a proxy in front of it forbids it`,
      { endpoint: name, status },
    );
  }
  return {
    apiVersion: headerText(response.headers["api-version"]),
    osType: headerText(response.headers["ostype"]),
    builderVersion: headerText(response.headers["builder-version"]),
  };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
