// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import { compileAllowedRegistries } from "./allowed-registries.js";
import { findDockerConfigDir } from "./docker-config-dir.js";
import {
  ANONYMOUS,
  type CredentialSource,
  type NameAndSecret,
  type RegistryAuth,
  toNameAndSecret,
} from "./registry-auth.js";
import { fetchToken } from "./token/fetch-token.js";
import type { RegistryTls } from "./token/registry-tls.js";
import type { Token } from "./token/token-answer.js";
import { deriveAuthorityKey, exportPublicKey, signMessage } from "./token/token-authority.js";
import type { AllowTokenRealm } from "./token/token-realm.js";
import type { TokenRequest } from "./token/token-request.js";
import { createTokenSeeds } from "./token/token-seeds.js";

export interface AuthOptions {
  /** Asked once for each call of the daemon. */
  readonly credentials: CredentialSource;
  /**
   * Registries whose credentials the daemon may have used, such as `docker.io` or `localhost:5000`. For any other
   * there are none, and this machine asks no token server. Default: every registry that the daemon names.
   */
  readonly allowedRegistries?: readonly string[] | undefined;
  /**
   * Asked before credentials go to a token server that is not at the registry's own host nor known to be its own,
   * and before one on loopback is asked by plain http. Default: such servers are refused. Without credentials for the
   * registry every token server may be asked by https, as for public images of a registry behind another's.
   */
  readonly allowTokenRealm?: AllowTokenRealm | undefined;
  /** TLS towards the token servers of single registries, by the daemon's name for the registry. */
  readonly tls?: ReadonlyMap<string, RegistryTls> | undefined;
  /**
   * DOCKER_CONFIG says where the seed of the client's keys is kept. BUILDKIT_NO_CLIENT_TOKEN=1 gives the daemon
   * credentials instead of tokens. Default: the process's environment.
   */
  readonly env?: Environment | undefined;
  /** Told what the daemon is given, in the words of BuildKit's own client. Must not throw. */
  readonly onShare?: ((what: string) => void) | undefined;
}

export interface AuthorityRequest {
  readonly host: string;
  readonly salt: Uint8Array;
}

/** What the daemon can ask for. Every call rejects with a SessionError, or as the credential source does. */
export interface AuthService {
  credentials(host: string, options?: AbortOptions): Promise<NameAndSecret>;
  fetchToken(request: TokenRequest, options?: AbortOptions): Promise<Token>;
  /** The public key, 32 bytes, of whoever may use the tokens that are fetched for this client. */
  tokenAuthority(request: AuthorityRequest, options?: AbortOptions): Promise<Uint8Array>;
  /** Proves that the client has the private key: 64 bytes of signature, then the payload. */
  signForAuthority(
    request: AuthorityRequest & { readonly payload: Uint8Array },
    options?: AbortOptions,
  ): Promise<Uint8Array>;
}

/** The daemon sends 32 bytes. Signing is done at once, so there is a limit. */
const MAX_SIGNED_BYTES = 1 << 16;

/** Answers the daemon's questions as BuildKit's session/auth/authprovider does, within the given limits. */
export function createAuthService(options: AuthOptions): AuthService {
  const { credentials, allowTokenRealm, tls, onShare, env = process.env } = options;
  const isAllowed = compileAllowedRegistries(options.allowedRegistries);
  const seeds = createTokenSeeds(findDockerConfigDir({ env }));
  const shared = new Set<string>();

  async function lookUp(host: string, given: AbortOptions): Promise<RegistryAuth> {
    return (await credentials.credentialsFor(host, given)) ?? ANONYMOUS;
  }

  function assertAllowed(host: string): void {
    if (!isAllowed(host))
      throw new SessionError("BK_NOT_SHARED", `${host} is not among the allowed registries`);
  }

  async function authorityKey({ host, salt }: AuthorityRequest, given: AbortOptions) {
    if (isTrue(env["BUILDKIT_NO_CLIENT_TOKEN"]))
      throw new SessionError("BK_NOT_SHARED", "BUILDKIT_NO_CLIENT_TOKEN switches tokens off");
    assertAllowed(host);
    assertSize(salt);
    const { secret } = toNameAndSecret(await lookUp(host, given));
    return deriveAuthorityKey(salt, secret === "" ? undefined : await seeds.seedFor(host));
  }

  return {
    async credentials(host, given = {}) {
      if (!isAllowed(host)) return toNameAndSecret(ANONYMOUS);
      const answer = toNameAndSecret(await lookUp(host, given));
      if (answer.secret !== "" && !shared.has(host)) {
        shared.add(host);
        onShare?.(`[auth] sharing credentials for ${host}`);
      }
      return answer;
    },
    async fetchToken(request, given = {}) {
      const { host } = request;
      assertAllowed(host);
      const auth = await lookUp(host, given);
      if (!auth.registryToken && toNameAndSecret(auth).secret !== "") onShare?.(describeToken(request));
      return fetchToken(request, { ...given, auth, allowTokenRealm, tls: tls?.get(host) });
    },
    async tokenAuthority(request, given = {}) {
      return exportPublicKey(await authorityKey(request, given));
    },
    async signForAuthority({ payload, ...request }, given = {}) {
      assertSize(payload);
      return signMessage(await authorityKey(request, given), payload);
    },
  };
}

/** Must match the progress of BuildKit's session/auth/authprovider. */
function describeToken({ host, scopes }: TokenRequest): string {
  return `[auth] ${scopes.map((scope) => scope.replace(/^repository:/, "")).join(" ")} token for ${host}`;
}

function assertSize({ length }: Uint8Array): void {
  if (length > MAX_SIGNED_BYTES)
    throw new SessionError(
      "BK_PROTOCOL",
      `The daemon wants ${length} bytes signed; ${MAX_SIGNED_BYTES} are allowed`,
    );
}

/** The spellings of true that Go's strconv.ParseBool knows. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "t", "T", "true", "TRUE", "True"].includes(value);
}
