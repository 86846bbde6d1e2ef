// SPDX-License-Identifier: Apache-2.0
import type { Attachable, RouteContext, Routes } from "../attachable.js";
import { SessionError } from "../errors.js";
import { type AuthOptions, type AuthService, createAuthService } from "./auth-service.js";

const METHODS = ["Credentials", "FetchToken", "GetTokenAuthority", "VerifyTokenAuthority"];

/**
 * Lets the daemon use the user's registries. Of a registry that takes tokens it is given a token, which ends soon and
 * is for single repositories; else user and password. A lookup that fails is told to the daemon with its reason; a
 * token server that is refused also fails the session, for the user has to decide about it.
 */
export function createAuth(options: AuthOptions): Attachable {
  const service = createAuthService(options);
  return {
    methods: METHODS.map((method) => `/moby.filesync.v1.Auth/${method}`),
    loadRoutes: () => loadRoutes(service),
  };
}

async function loadRoutes(service: AuthService): Promise<Routes> {
  const { Auth } = await import("@bk/proto/filesync");
  return (router, context) => {
    router.rpc(Auth.method.credentials, ({ host }, { signal }) =>
      tell(`Cannot get the credentials for ${host}`, context, () => service.credentials(host, { signal })),
    );
    router.rpc(Auth.method.fetchToken, ({ host, realm, service: name, scopes }, { signal }) =>
      tell(`Cannot get a token for ${host}`, context, async () => {
        const request = { host, realm, service: name, scopes };
        const { token, expiresInSeconds, issuedAtSeconds } = await service.fetchToken(request, { signal });
        return { token, expiresIn: expiresInSeconds, issuedAt: BigInt(issuedAtSeconds) };
      }),
    );
    router.rpc(Auth.method.getTokenAuthority, ({ host, salt }, { signal }) =>
      tell(`Cannot get a key for ${host}`, context, async () => ({
        publicKey: await service.tokenAuthority({ host, salt }, { signal }),
      })),
    );
    router.rpc(Auth.method.verifyTokenAuthority, ({ host, salt, payload }, { signal }) =>
      tell(`Cannot sign for ${host}`, context, async () => ({
        signed: await service.signForAuthority({ host, salt, payload }, { signal }),
      })),
    );
  };
}

/** Connect hides the text of other errors from the peer, and the user is to read it in the build's error. */
async function tell<T>(what: string, { fail }: RouteContext, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (cause) {
    if (SessionError.is(cause) && cause.code === "BK_TOKEN_REALM_REFUSED") fail(cause);
    const { Code, ConnectError } = await import("@connectrpc/connect");
    // Must match the daemon: it asks for credentials instead when keys are unavailable.
    const code = SessionError.is(cause) && cause.code === "BK_NOT_SHARED" ? Code.Unavailable : Code.Unknown;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectError(`${what}: ${why}`, code, undefined, undefined, cause);
  }
}
