// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { isRegistryHost } from "../registry-host.js";

export interface TokenRealm {
  /** The registry, as the daemon names it: `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** The token server that the registry names. */
  readonly realm: URL;
}

/** Decides on a token server that is not known to belong to the registry. */
export type AllowTokenRealm = (realm: TokenRealm) => boolean | Promise<boolean>;

/** Registries whose token server has another host name. */
const KNOWN_REALM_HOSTS: ReadonlyMap<string, string> = new Map([
  ["registry-1.docker.io", "auth.docker.io"],
  ["registry.gitlab.com", "gitlab.com"],
  ["docker.elastic.co", "docker-auth.elastic.co"],
  ["registry.digitalocean.com", "api.digitalocean.com"],
]);

export interface TokenRealmRules {
  /** Whether anything of the user's would go there. */
  readonly hasCredentials: boolean;
  readonly allow?: AllowTokenRealm | undefined;
}

/**
 * Checks where a token is to be asked for, which the daemon says. The user's credentials go to the registry's own host
 * or a token server known to be its own, by https, or where `allow` says so; without credentials any host may be asked
 * by https. Plain http is for `allow` in both cases, and for loopback only.
 *
 * @throws {SessionError} `BK_TOKEN_REALM_REFUSED`.
 */
export async function checkTokenRealm(
  registry: string,
  realm: string,
  { hasCredentials, allow }: TokenRealmRules,
): Promise<URL> {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "")
    throw refuse(registry, "is not a URL that can be used");
  const where = `is at ${url.origin}`;
  if (url.protocol === "https:") {
    if (!hasCredentials || isOwnRealm(registry, url)) return url;
  } else if (url.protocol !== "http:" || !isLoopback(url.hostname)) {
    throw refuse(registry, `${where}, and tokens are asked for by https only`);
  }
  if (await allow?.({ registry, realm: new URL(url) })) return url;
  throw refuse(
    registry,
    `${where}, which is not known to belong to it. If it does, allow it with allowTokenRealm (bk build: --allow-token-realm)`,
  );
}

function isOwnRealm(registry: string, { hostname, port }: URL): boolean {
  if (port === "" && KNOWN_REALM_HOSTS.get(registry) === hostname) return true;
  const url = `https://${registry}`;
  return isRegistryHost(registry) && URL.canParse(url) && new URL(url).hostname === hostname;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}

function refuse(registry: string, why: string): SessionError {
  return new SessionError("BK_TOKEN_REALM_REFUSED", `The token server that ${registry} names ${why}`);
}
