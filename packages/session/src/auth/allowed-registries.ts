// SPDX-License-Identifier: Apache-2.0
import { DOCKER_HUB_HOST, DOCKER_HUB_NAMES } from "./registry-host.js";

/**
 * Whether credentials for a registry, as the daemon names it, may be given at all. Ports count, case does not; Docker
 * Hub may be called `docker.io`. No list allows every registry.
 */
export function compileAllowedRegistries(
  registries: readonly string[] | undefined,
): (host: string) => boolean {
  if (registries === undefined) return () => true;
  const allowed = new Set(registries.map(toDaemonName));
  return (host) => allowed.has(toDaemonName(host));
}

function toDaemonName(registry: string): string {
  const name = registry.toLowerCase();
  return DOCKER_HUB_NAMES.includes(name) ? DOCKER_HUB_HOST : name;
}
