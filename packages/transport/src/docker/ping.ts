// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, listenAbort } from "../abort.js";
import { formatAddress } from "../address.js";
import { connectTimeoutError } from "../node-errors.js";
import { connectTimeoutMs } from "../socket.js";
import type { DockerEndpoint } from "./endpoint.js";
import { refusedError } from "./refusal.js";
import { dockerRequest } from "./request.js";

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
  const controller = new AbortController();
  const timeout = connectTimeoutError(name, connectTimeoutMs, "an answer to GET /_ping");
  const timer = setTimeout(() => controller.abort(timeout), connectTimeoutMs);
  const stopListening = listenAbort(signal, (reason) => controller.abort(reason));
  try {
    const response = await dockerRequest(endpoint, {
      method: "GET",
      path: "/_ping",
      signal: controller.signal,
    });
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
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
