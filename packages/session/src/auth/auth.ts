// SPDX-License-Identifier: Apache-2.0
import { Auth } from "@bk/proto/filesync";
import type { Attachable } from "../attachable.js";
import { ANONYMOUS, type CredentialSource, type RegistryAuth } from "./registry-auth.js";

export interface AuthOptions {
  /** Asked once for each host that the daemon names. */
  readonly credentials: CredentialSource;
}

/** The daemon's name and secret for a registry. Must match BuildKit's session/auth/authprovider. */
export function toNameAndSecret(auth: RegistryAuth): { username: string; secret: string } {
  if (auth.identityToken) return { username: "", secret: auth.identityToken };
  return { username: auth.username, secret: auth.password };
}

/**
 * Gives the daemon the credentials that it asks for. Tokens are not offered: the daemon then exchanges the
 * credentials for one itself.
 */
export function createAuth({ credentials }: AuthOptions): Attachable {
  return {
    methods: ["/moby.filesync.v1.Auth/Credentials"],
    routes(router) {
      router.rpc(Auth.method.credentials, async ({ host }, { signal }) => {
        try {
          return toNameAndSecret((await credentials.credentialsFor(host, { signal })) ?? ANONYMOUS);
        } catch (cause) {
          // Connect hides the text of other errors from the peer, and the user is to read it in the build's error.
          const { Code, ConnectError } = await import("@connectrpc/connect");
          throw new ConnectError(describe(host, cause), Code.Unknown, undefined, undefined, cause);
        }
      });
    },
  };
}

function describe(host: string, cause: unknown): string {
  const why = cause instanceof Error ? cause.message : String(cause);
  return `Cannot get the credentials for ${host}: ${why}`;
}
