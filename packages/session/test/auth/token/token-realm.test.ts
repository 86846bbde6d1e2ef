// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type AllowTokenRealm, checkTokenRealm } from "../../../src/auth/token/token-realm.js";

const allowAll: AllowTokenRealm = () => true;

describe("checkTokenRealm()", () => {
  test.each([
    ["ghcr.io", "https://ghcr.io/token"],
    ["r.io:5000", "https://r.io:5001/auth?a=1"],
    ["R.io", "https://r.IO/token"],
    ["[::1]:5000", "https://[::1]/token"],
    ["registry-1.docker.io", "https://auth.docker.io/token"],
    ["registry.gitlab.com", "https://gitlab.com/jwt/auth"],
  ])("lets the registry %s name %s without being asked", async (registry, realm) => {
    const url = await checkTokenRealm(registry, realm, { hasCredentials: true });
    expect(url.href).toBe(new URL(realm).href);
  });

  test.each([
    ["another host", "r.io", "https://evil.example/token"],
    ["a host that ends alike", "r.io", "https://evil-r.io/token"],
    ["a host that begins alike", "r.io", "https://r.io.evil.example/token"],
    ["a lower domain", "r.io", "https://x.r.io/token"],
    ["Docker Hub's server for another registry", "r.io", "https://auth.docker.io/token"],
    ["another port of Docker Hub's server", "registry-1.docker.io", "https://auth.docker.io:8443/token"],
    ["plain http on loopback", "localhost:5000", "http://localhost:5001/token"],
    ["no registry", "", "https://evil.example/"],
    ["a registry with another's name in it", "ghcr.io@evil.example", "https://evil.example/token"],
    [
      "a key of Docker's configuration, whose scheme could be a host",
      "https://ghcr.io/v1/",
      "https://https/token",
    ],
  ])("refuses %s unless it is allowed", async (_, registry, realm) => {
    await expect(checkTokenRealm(registry, realm, { hasCredentials: true })).rejects.toMatchObject({
      code: "BK_TOKEN_REALM_REFUSED",
      message: expect.stringContaining("allowTokenRealm"),
    });
    await expect(
      checkTokenRealm(registry, realm, { hasCredentials: true, allow: async () => false }),
    ).rejects.toThrow(new URL(realm).origin);
    await expect(
      checkTokenRealm(registry, realm, { hasCredentials: true, allow: allowAll }),
    ).resolves.toMatchObject({ href: realm });
  });

  test.each([
    ["plain http", "http://r.io/token"],
    ["plain http to what only looks like loopback", "http://127.0.0.1.evil.example/token"],
    ["a file", "file:///etc/passwd"],
    ["user information", "https://r.io@evil.example/token"],
    ["no URL", "token"],
  ])("refuses %s whatever is allowed", async (_, realm) => {
    for (const hasCredentials of [true, false]) {
      await expect(checkTokenRealm("r.io", realm, { hasCredentials, allow: allowAll })).rejects.toMatchObject(
        {
          code: "BK_TOKEN_REALM_REFUSED",
        },
      );
    }
  });

  test("lets a registry name any host by https when there are no credentials", async () => {
    const rules = { hasCredentials: false, allow: () => false };
    await expect(checkTokenRealm("lscr.io", "https://ghcr.io/token", rules)).resolves.toMatchObject({
      href: "https://ghcr.io/token",
    });
  });

  test("asks about plain http on loopback without credentials, too", async () => {
    await expect(
      checkTokenRealm("r.io", "http://localhost:1/", { hasCredentials: false }),
    ).rejects.toMatchObject({ code: "BK_TOKEN_REALM_REFUSED" });
  });

  test.each(["http://localhost:1/", "http://127.0.0.1:1/", "http://127.1/", "http://[::1]:1/"])(
    "takes %s for loopback",
    async (realm) => {
      await expect(
        checkTokenRealm("r.io", realm, { hasCredentials: true, allow: allowAll }),
      ).resolves.toBeInstanceOf(URL);
    },
  );
});
