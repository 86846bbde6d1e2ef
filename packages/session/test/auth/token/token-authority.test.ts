// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { deriveAuthorityKey, exportPublicKey, signMessage } from "../../../src/auth/token/token-authority.js";

const salt = Buffer.from("salt");
const seed = Buffer.from("seed");

describe("the key of a client", () => {
  test("stays the same for the same salt and seed, and for no other", () => {
    const keyOf = (...args: Parameters<typeof deriveAuthorityKey>) =>
      Buffer.from(exportPublicKey(deriveAuthorityKey(...args))).toString("hex");
    expect(keyOf(salt, seed)).toBe(keyOf(salt, seed));
    expect(keyOf(salt, seed)).toMatch(/^[0-9a-f]{64}$/);
    const others = [keyOf(salt, seed), keyOf(seed, seed), keyOf(salt, salt), keyOf(salt, undefined)];
    expect(new Set(others).size).toBe(4);
  });

  test("signs a message that its public key verifies", () => {
    const key = deriveAuthorityKey(salt, seed);
    const payload = Buffer.from("what the daemon chose");
    const signed = Buffer.from(signMessage(key, payload));
    expect(signed.subarray(64)).toEqual(payload);
    const x = Buffer.from(exportPublicKey(key)).toString("base64url");
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    expect(verify(null, payload, publicKey, signed.subarray(0, 64))).toBe(true);
  });
});
