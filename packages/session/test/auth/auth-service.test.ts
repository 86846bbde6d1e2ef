// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { createTestPki, tmpDir } from "@bk/testing";
import { describe, expect, test, vi } from "vitest";
import { type AuthOptions, createAuthService } from "../../src/auth/auth-service.js";
import { answerToken, startTokenServer } from "./token/token-server.js";

const salt = Buffer.from("salt");
const credentials = {
  credentialsFor: vi.fn(async (host: string) => ({ username: "u", password: `for ${host}` })),
};

function createService(options: Partial<AuthOptions> = {}) {
  return createAuthService({ credentials, env: { DOCKER_CONFIG: "/nonexistent" }, ...options });
}

describe("createAuthService()", () => {
  describe("with allowed registries", () => {
    const allowedRegistries = ["docker.io", "Localhost:5000"];

    test.each(["registry-1.docker.io", "localhost:5000"])("has credentials for %s", async (host) => {
      const service = createService({ allowedRegistries });
      await expect(service.credentials(host)).resolves.toEqual({ username: "u", secret: `for ${host}` });
      await expect(service.tokenAuthority({ host, salt })).resolves.toHaveLength(32);
    });

    test.each(["ghcr.io", "localhost", "localhost:5001", "auth.docker.io"])(
      "has none for %s, and asks no one about it",
      async (host) => {
        credentials.credentialsFor.mockClear();
        await using server = await startTokenServer(answerToken("t"));
        const service = createService({ allowedRegistries, allowTokenRealm: () => true });
        await expect(service.credentials(host)).resolves.toEqual({ username: "", secret: "" });
        const token = service.fetchToken({ host, realm: server.origin, service: "", scopes: [] });
        await expect(token).rejects.toMatchObject({ code: "BK_NOT_SHARED" });
        await expect(service.tokenAuthority({ host, salt })).rejects.toMatchObject({ code: "BK_NOT_SHARED" });
        expect(credentials.credentialsFor).not.toHaveBeenCalled();
        expect(server.requests).toEqual([]);
      },
    );
  });

  test("tells once that credentials are shared, and each time that a token is", async () => {
    await using server = await startTokenServer(answerToken("t"));
    const shared: string[] = [];
    const service = createService({ allowTokenRealm: () => true, onShare: (what) => shared.push(what) });
    await service.credentials("r.io");
    await service.credentials("r.io");
    await service.fetchToken({
      host: "r.io",
      realm: server.origin,
      service: "s",
      scopes: ["repository:a/b:pull", "repository:c:pull,push"],
    });
    expect(shared).toEqual([
      "[auth] sharing credentials for r.io",
      "[auth] a/b:pull c:pull,push token for r.io",
    ]);
  });

  test("uses a registry's own TLS for that registry alone", { timeout: 20_000 }, async () => {
    await using dir = await tmpDir();
    const { ca, server: certificate } = await createTestPki(dir.path);
    await using server = await startTokenServer(answerToken("t"), certificate);
    const service = createService({ tls: new Map([["localhost:5000", { ca: ca.cert }]]) });
    const request = { realm: server.origin, service: "", scopes: [] };
    const token = service.fetchToken({ ...request, host: "localhost:5000" });
    await expect(token).resolves.toMatchObject({ token: "t" });
    await expect(service.fetchToken({ ...request, host: "localhost:5001" })).rejects.toMatchObject({
      code: "BK_TOKEN_FAILED",
    });
  });

  describe("keys", () => {
    test("are other ones for each registry, for each client and with and without a secret", async () => {
      const keyOf = async (service: ReturnType<typeof createService>, host: string) =>
        Buffer.from(await service.tokenAuthority({ host, salt })).toString("hex");
      const service = createService();
      const anonymous = createService({ credentials: { credentialsFor: async () => undefined } });
      expect(await keyOf(service, "r.io")).toBe(await keyOf(service, "r.io"));
      const keys = await Promise.all([
        keyOf(service, "r.io"),
        keyOf(service, "s.io"),
        keyOf(createService(), "r.io"),
        keyOf(anonymous, "r.io"),
      ]);
      expect(new Set(keys).size).toBe(4);
      expect(await keyOf(anonymous, "s.io")).toBe(keys[3]);
    });

    test("leave no file behind for a registry without a secret", async () => {
      await using dir = await tmpDir();
      const env = { DOCKER_CONFIG: dir.path };
      const anonymous = createService({ credentials: { credentialsFor: async () => undefined }, env });
      await anonymous.tokenAuthority({ host: "r.io", salt });
      expect(existsSync(dir.join(".token_seed"))).toBe(false);
      await createService({ env }).tokenAuthority({ host: "r.io", salt });
      expect(existsSync(dir.join(".token_seed"))).toBe(true);
    });

    test.each(["1", "true", "T"])("are not given with BUILDKIT_NO_CLIENT_TOKEN=%s", async (value) => {
      const service = createService({ env: { BUILDKIT_NO_CLIENT_TOKEN: value } });
      await expect(service.tokenAuthority({ host: "r.io", salt })).rejects.toMatchObject({
        code: "BK_NOT_SHARED",
      });
    });

    test("do not sign more than 64 KiB", async () => {
      const big = Buffer.alloc((1 << 16) + 1);
      const service = createService();
      const signing = service.signForAuthority({ host: "r.io", salt, payload: big });
      await expect(signing).rejects.toMatchObject({ code: "BK_PROTOCOL" });
      await expect(service.tokenAuthority({ host: "r.io", salt: big })).rejects.toMatchObject({
        code: "BK_PROTOCOL",
      });
    });
  });
});
