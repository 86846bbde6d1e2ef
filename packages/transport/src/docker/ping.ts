// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "../abort.js";
import { formatAddress } from "../address.js";
import type { DockerEndpoint } from "./endpoint.js";
import { refusedError } from "./refusal.js";
import { dockerRequest } from "./request.js";
import { withinConnectTimeout } from "./time-limit.js";

export interface DockerPing {
  /** As "1.53". */
  readonly apiVersion: string | undefined;
  readonly osType: string | undefined;
  /** "1" is the classic builder, "2" BuildKit. */
  readonly builderVersion: string | undefined;
}

/**
 * Asks the engine for a sign of life, for 20 s at most.
 *
 * @throws {TransportError} when it cannot be reached; `BK_DOCKER_REFUSED` with `status` when it will not answer.
 */
export async function pingDocker(
  endpoint: DockerEndpoint,
  { signal }: AbortOptions = {},
): Promise<DockerPing> {
  const name = formatAddress(endpoint.address);
  const limit = { endpoint: name, waitedFor: "an answer to GET /_ping", signal };
  return withinConnectTimeout(limit, async (limited) => {
    const response = await dockerRequest(endpoint, { method: "GET", path: "/_ping", signal: limited });
    response.on("error", () => {});
    if (response.statusCode !== 200) {
      throw await refusedError(response, { endpoint: name, asked: "GET /_ping", code: "BK_DOCKER_REFUSED" });
    }
    response.destroy();
    return {
      apiVersion: headerText(response.headers["api-version"]),
      osType: headerText(response.headers["ostype"]),
      builderVersion: headerText(response.headers["builder-version"]),
    };
  });
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
