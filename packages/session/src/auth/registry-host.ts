// SPDX-License-Identifier: Apache-2.0
import { readUrlHost } from "./url-host.js";

/** The key that holds Docker Hub's credentials, for historical reasons. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";
/** Docker Hub as the daemon names it. */
export const DOCKER_HUB_HOST = "registry-1.docker.io";
/** Docker Hub as users name it. */
export const DOCKER_HUB_NAMES: readonly string[] = ["docker.io", "index.docker.io"];

const REGISTRY_HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/**
 * Whether a text is a registry as a daemon names it: a host name or an IP address (IPv6 in brackets), and maybe a
 * port. Credentials may be found by other texts too, such as a URL, of which another program could take another part
 * for the host.
 */
export function isRegistryHost(text: string): boolean {
  return REGISTRY_HOST.test(text);
}

/**
 * The configuration key for a registry as the daemon names it. BuildKit says `registry-1.docker.io` for
 * Docker Hub; must match session/auth/authprovider.
 */
export function toConfigKey(registryHost: string): string {
  return registryHost === DOCKER_HUB_HOST ? DOCKER_HUB_KEY : registryHost;
}

/** The configuration key for a registry as users name it. Must match docker/cli config/configfile. */
export function toCanonicalKey(name: string): string {
  return DOCKER_HUB_NAMES.includes(name) ? DOCKER_HUB_KEY : name;
}

/**
 * The host, with its port, in a key of the configuration: old files have URLs there. A URL that does not parse
 * counts as a path, so that its host is all that stands before the first slash. Case is kept.
 *
 * Must match docker/cli config/credentials ConvertToHostname.
 */
export function convertToHostname(key: string): string {
  const found = key.includes("://") ? readUrlHost(key) : undefined;
  if (found === undefined) return key.split("/", 1)[0] ?? "";
  const { host, port } = found;
  return port === "" ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
