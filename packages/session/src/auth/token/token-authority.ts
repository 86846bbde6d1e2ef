// SPDX-License-Identifier: Apache-2.0
import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** How PKCS #8 begins for an Ed25519 key; the 32 bytes of the key follow. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The key by which a daemon recognises a client that may use a token that it holds. It comes from the client's seed for the
 * registry, and from the daemon's salt, so that no other daemon gets the same. A client without a secret for
 * the registry has no seed: such clients all have one key, and share what anybody may have.
 *
 * Must match BuildKit's session/auth/authprovider.
 */
export function deriveAuthorityKey(salt: Uint8Array, seed: Uint8Array | undefined): KeyObject {
  const key = createHmac("sha256", salt)
    .update(seed ?? new Uint8Array())
    .digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, key]), format: "der", type: "pkcs8" });
}

/** The 32 bytes of the public key. */
export function exportPublicKey(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
}

/** The signature of 64 bytes, then the payload, which is what NaCl calls a signed message. */
export function signMessage(privateKey: KeyObject, payload: Uint8Array): Uint8Array {
  return Buffer.concat([sign(null, payload, privateKey), payload]);
}
