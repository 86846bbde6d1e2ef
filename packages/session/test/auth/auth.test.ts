// SPDX-License-Identifier: Apache-2.0
import { Auth } from "@bk/proto/filesync";
import { Code, createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import type { RouteContext } from "../../src/attachable.js";
import { createAuth } from "../../src/auth/auth.js";
import type { AuthOptions } from "../../src/auth/auth-service.js";
import type { CredentialSource } from "../../src/auth/registry-auth.js";
import { deferred } from "../helpers/deferred.js";
import { startTokenServer } from "./token/token-server.js";

/** Plays the daemon: a client of the service, over no network. */
async function connectTo(
  credentialsFor: CredentialSource["credentialsFor"],
  { fail = () => {}, ...options }: Partial<AuthOptions & RouteContext> = {},
) {
  const { loadRoutes } = createAuth({ credentials: { credentialsFor }, ...options });
  const routes = await loadRoutes?.();
  return createClient(
    Auth,
    createRouterTransport((router) => routes?.(router, { fail })),
  );
}

describe("createAuth()", () => {
  test("announces what it serves", () => {
    const { methods } = createAuth({ credentials: { credentialsFor: async () => undefined } });
    expect(methods).toEqual([
      "/moby.filesync.v1.Auth/Credentials",
      "/moby.filesync.v1.Auth/FetchToken",
      "/moby.filesync.v1.Auth/GetTokenAuthority",
      "/moby.filesync.v1.Auth/VerifyTokenAuthority",
    ]);
  });

  test("answers with user and password", async () => {
    const daemon = await connectTo(async (host) => ({ username: "u", password: `for ${host}` }));
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({
      username: "u",
      secret: "for r.io",
    });
  });

  test("answers with an identity token alone when there is one", async () => {
    const daemon = await connectTo(async () => ({ username: "u", password: "p", identityToken: "t" }));
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({ username: "", secret: "t" });
  });

  test("answers with nothing when there are no credentials", async () => {
    const daemon = await connectTo(async () => undefined);
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({ username: "", secret: "" });
  });

  test("tells the daemon why a lookup failed", async () => {
    const daemon = await connectTo(async () => {
      throw new Error("The helper is not there");
    });
    await expect(daemon.credentials({ host: "r.io" })).rejects.toThrow(
      "Cannot get the credentials for r.io: The helper is not there",
    );
  });

  test("fetches a token that says when it ends", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.end('{"access_token": "t", "expires_in": 300, "issued_at": "2024-05-01T10:00:00Z"}');
    });
    const daemon = await connectTo(async () => ({ username: "u", password: "p" }), {
      allowTokenRealm: () => true,
    });
    await expect(daemon.fetchToken({ host: "r.io", realm: `${server.origin}/token` })).resolves.toMatchObject(
      {
        token: "t",
        expiresIn: 300n,
        issuedAt: 1_714_557_600n,
      },
    );
  });

  test("fails the session when the user's password is wanted for a token server of another host", async () => {
    const failures: Error[] = [];
    const daemon = await connectTo(async () => ({ username: "u", password: "p" }), {
      fail: (error) => failures.push(error),
    });
    await expect(daemon.fetchToken({ host: "r.io", realm: "https://evil.example/token" })).rejects.toThrow(
      "Cannot get a token for r.io: The token server that r.io names is at https://evil.example",
    );
    expect(failures).toMatchObject([{ code: "BK_TOKEN_REALM_REFUSED" }]);
  });

  test("shows a key and signs with it", async () => {
    const daemon = await connectTo(async () => undefined, { env: {} });
    const salt = Buffer.from("salt");
    const payload = Buffer.from("payload");
    const { publicKey } = await daemon.getTokenAuthority({ host: "r.io", salt });
    const { signed } = await daemon.verifyTokenAuthority({ host: "r.io", salt, payload });
    expect(publicKey).toHaveLength(32);
    expect(signed).toHaveLength(64 + payload.length);
  });

  test("has no key where tokens are switched off, so that the daemon asks for credentials", async () => {
    const daemon = await connectTo(async () => undefined, { env: { BUILDKIT_NO_CLIENT_TOKEN: "1" } });
    await expect(daemon.getTokenAuthority({ host: "r.io" })).rejects.toMatchObject({
      code: Code.Unavailable,
    });
  });

  test("stops the lookup when the daemon gives the call up", async () => {
    const controller = new AbortController();
    const stopped = deferred<AbortSignal>();
    const daemon = await connectTo(
      (_, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => {
            reject(signal.reason);
            stopped.resolve(signal);
          });
          controller.abort(new Error("enough"));
        }),
    );
    daemon.credentials({ host: "r.io" }, { signal: controller.signal }).catch(() => {});
    expect((await stopped.promise).aborted).toBe(true);
  });
});
