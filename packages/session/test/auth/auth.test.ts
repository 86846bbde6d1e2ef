// SPDX-License-Identifier: Apache-2.0
import { Auth } from "@bk/proto/filesync";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { createAuth } from "../../src/auth/auth.js";
import type { CredentialSource } from "../../src/auth/registry-auth.js";

/** Plays the daemon: a client of the service, over no network. */
function connectTo(credentialsFor: CredentialSource["credentialsFor"]) {
  const { routes } = createAuth({ credentials: { credentialsFor } });
  return createClient(
    Auth,
    createRouterTransport((router) => routes?.(router, { fail: () => {} })),
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
    const daemon = connectTo(async (host) => ({ username: "u", password: `for ${host}` }));
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({
      username: "u",
      secret: "for r.io",
    });
  });

  test("answers with an identity token alone when there is one", async () => {
    const daemon = connectTo(async () => ({ username: "u", password: "p", identityToken: "t" }));
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({ username: "", secret: "t" });
  });

  test("answers with nothing when there are no credentials", async () => {
    const daemon = connectTo(async () => undefined);
    await expect(daemon.credentials({ host: "r.io" })).resolves.toMatchObject({ username: "", secret: "" });
  });

  test("tells the daemon why a lookup failed", async () => {
    const daemon = connectTo(async () => {
      throw new Error("The helper is not there");
    });
    await expect(daemon.credentials({ host: "r.io" })).rejects.toThrow(
      "Cannot get the credentials for r.io: The helper is not there",
    );
  });

  test("stops the lookup when the daemon gives the call up", async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const stopped = new Promise<void>((resolve) => {
      const daemon = connectTo(
        (_, { signal } = {}) =>
          new Promise((_resolve, reject) => {
            seen = signal;
            signal?.addEventListener("abort", () => {
              reject(signal.reason);
              resolve();
            });
            controller.abort(new Error("enough"));
          }),
      );
      daemon.credentials({ host: "r.io" }, { signal: controller.signal }).catch(() => {});
    });
    await stopped;
    expect(seen?.aborted).toBe(true);
  });
});
