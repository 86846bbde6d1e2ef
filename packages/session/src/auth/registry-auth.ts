// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";

/** What is known for one registry. Every field is a secret of the user: never put one in an error or a log. */
export interface RegistryAuth {
  /** Empty when there is none. */
  readonly username: string;
  /** Empty when there is none. */
  readonly password: string;
  /** Stands in for user name and password, and wins over them. */
  readonly identityToken?: string | undefined;
  /** A bearer token to send to the registry as it is. */
  readonly registryToken?: string | undefined;
  /** The key under which the credentials were kept, such as `https://index.docker.io/v1/`. */
  readonly serverAddress?: string | undefined;
}

/** Where credentials come from. */
export interface CredentialSource {
  /**
   * Looks up the credentials for a registry. `host` is as the daemon names it: `ghcr.io`, `localhost:5000`,
   * `registry-1.docker.io` for Docker Hub. `undefined` and an all-empty answer both mean: go without.
   */
  credentialsFor(host: string, options?: AbortOptions): Promise<RegistryAuth | undefined>;
}

/** No credentials. */
export const ANONYMOUS: RegistryAuth = Object.freeze({ username: "", password: "" });

/** What the daemon, and a token server, takes for credentials. */
export interface NameAndSecret {
  /** Empty when the secret is an identity token. */
  readonly username: string;
  /** A password or an identity token. Empty: there are no credentials, whatever the name. */
  readonly secret: string;
}

/** The daemon's name and secret for a registry. Must match BuildKit's session/auth/authprovider. */
export function toNameAndSecret(auth: RegistryAuth): NameAndSecret {
  if (auth.identityToken) return { username: "", secret: auth.identityToken };
  return { username: auth.username, secret: auth.password };
}
