// SPDX-License-Identifier: Apache-2.0
import { json } from "node:stream/consumers";
import { type AbortOptions, type DockerEndpoint, dockerRequest } from "@bk/transport";

/** Must match the daemon: moby/moby says so of its containerd image store. */
const CONTAINERD_DRIVER = "io.containerd.snapshotter.v1";

/**
 * Whether a Docker keeps its images in containerd: then it loads images of several platforms, with attestations, and
 * knows them by the digest of the manifest or index. A Docker that does not say is taken for a classic one.
 *
 * @throws {TransportError} when it cannot be reached; `signal.reason`.
 */
export async function usesContainerdStore(
  endpoint: DockerEndpoint,
  { signal }: AbortOptions = {},
): Promise<boolean> {
  const response = await dockerRequest(endpoint, { method: "GET", path: "/info", signal });
  const info: unknown = await json(response).catch(() => undefined);
  signal?.throwIfAborted();
  if (response.statusCode !== 200 || typeof info !== "object" || info === null) return false;
  const status: unknown = "DriverStatus" in info ? info.DriverStatus : undefined;
  return (
    Array.isArray(status) &&
    status.some((pair) => Array.isArray(pair) && pair[0] === "driver-type" && pair[1] === CONTAINERD_DRIVER)
  );
}
