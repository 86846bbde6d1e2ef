// SPDX-License-Identifier: Apache-2.0
import { tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { toRegistryAuth } from "../src/registry-auth-flags.js";

const parse = (...registryAuthTlscontext: string[]) => toRegistryAuth({ registryAuthTlscontext });

describe("--registry-auth-tlscontext", () => {
  test("reads the files that it names for a registry", async () => {
    await using dir = await tree(
      "ADD ca.pem file authority",
      "ADD c.pem file certificate",
      "ADD k.pem file key",
    );

    const options = await parse(
      `host=r.example:5000,ca=${dir.join("ca.pem")},cert=${dir.join("c.pem")},key=${dir.join("k.pem")}`,
      "host=other.example,insecure=true",
    );

    expect(options?.tls?.get("r.example:5000")).toEqual({
      ca: Buffer.from("authority"),
      cert: Buffer.from("certificate"),
      key: Buffer.from("key"),
      insecure: false,
    });
    expect(options?.tls?.get("other.example")).toMatchObject({ insecure: true });
  });

  test.each([
    ["ca=a.pem", "needs host=HOST"],
    ["host=h", "needs ca=FILE"],
    ["host=h,cert=/dev/null", "cert and key together"],
    ["host=h,cacert=x", "takes host, ca, cert, key, insecure"],
    ["host=h,ca=/nonexistent/ca.pem", "/nonexistent/ca.pem"],
  ])("refuses %s", async (text, says) => {
    await expect(parse(text)).rejects.toThrow(says);
  });

  test("--allow-registry names the only registries whose credentials are used", async () => {
    await expect(toRegistryAuth({ allowRegistry: ["docker.io", "r.example:5000"] })).resolves.toMatchObject({
      allowedRegistries: ["docker.io", "r.example:5000"],
    });
    expect(await parse("host=h,insecure=true")).not.toHaveProperty("allowedRegistries");
  });

  test("--allow-token-realm allows a token server by its host and port", async () => {
    const options = await toRegistryAuth({ allowTokenRealm: ["gitlab.example", "localhost:5001"] });
    const allows = (realm: string) =>
      options?.allowTokenRealm?.({ registry: "r.example", realm: new URL(realm) });

    expect(allows("https://gitlab.example/jwt/auth")).toBe(true);
    expect(allows("http://localhost:5001/token")).toBe(true);
    expect(allows("https://gitlab.example:8443/jwt/auth")).toBe(false);
    expect(allows("https://evil.example/gitlab.example")).toBe(false);
  });

  test("is nothing when it is not given", async () => {
    expect(await toRegistryAuth({})).toBeUndefined();
  });
});
