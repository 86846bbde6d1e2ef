// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { encodeMpint, encodeString } from "./wire.js";

/** A private key that signs for SSH. The key itself cannot be read from it. */
export interface SshKey {
  /** The public key, in SSH's encoding. */
  readonly publicKey: Buffer;
  /** Signs, and gives the signature in SSH's encoding. `flags` are the agent protocol's. */
  sign(data: Buffer, flags: number): Promise<Buffer>;
}

/** By the agent protocol's flags: RFC 8332. Without one, `ssh-rsa` with SHA-1 is meant. */
const RSA_SHA2_256_FLAG = 2;
const RSA_SHA2_512_FLAG = 4;

/** Curves by their names in OpenSSL. */
const ECDSA_CURVES: ReadonlyMap<string, { readonly name: string; readonly hash: string }> = new Map([
  ["prime256v1", { name: "nistp256", hash: "sha256" }],
  ["secp384r1", { name: "nistp384", hash: "sha384" }],
  ["secp521r1", { name: "nistp521", hash: "sha512" }],
]);

/**
 * Makes a key of SSH out of one of Ed25519, RSA or ECDSA on the curves P-256, P-384 and P-521.
 *
 * @throws {TypeError} for other kinds.
 */
export function createSshKey(privateKey: KeyObject): SshKey {
  const type = privateKey.asymmetricKeyType;
  if (type === "ed25519") return createEd25519Key(privateKey);
  if (type === "rsa") return createRsaKey(privateKey);
  if (type === "ec") return createEcdsaKey(privateKey);
  throw new TypeError(`keys of the kind ${type} are not supported`);
}

function createEd25519Key(privateKey: KeyObject): SshKey {
  const { x } = publicFields(privateKey);
  const type = encodeString("ssh-ed25519");
  return {
    publicKey: Buffer.concat([type, encodeString(x)]),
    sign: async (data) =>
      Buffer.concat([type, encodeString(await signAsync(null, data, { key: privateKey }))]),
  };
}

function createRsaKey(privateKey: KeyObject): SshKey {
  const { e, n } = publicFields(privateKey);
  return {
    publicKey: Buffer.concat([encodeString("ssh-rsa"), encodeMpint(e), encodeMpint(n)]),
    async sign(data, flags) {
      const { type, hash } = rsaAlgorithm(flags);
      return Buffer.concat([
        encodeString(type),
        encodeString(await signAsync(hash, data, { key: privateKey })),
      ]);
    },
  };
}

function rsaAlgorithm(flags: number): { readonly type: string; readonly hash: string } {
  if (flags & RSA_SHA2_256_FLAG) return { type: "rsa-sha2-256", hash: "sha256" };
  if (flags & RSA_SHA2_512_FLAG) return { type: "rsa-sha2-512", hash: "sha512" };
  return { type: "ssh-rsa", hash: "sha1" };
}

function createEcdsaKey(privateKey: KeyObject): SshKey {
  const curve = ECDSA_CURVES.get(privateKey.asymmetricKeyDetails?.namedCurve ?? "");
  if (!curve) throw new TypeError("of elliptic curves, only P-256, P-384 and P-521 are supported");
  const { x, y } = publicFields(privateKey);
  const type = encodeString(`ecdsa-sha2-${curve.name}`);
  const point = Buffer.concat([Buffer.from([4]), x, y]);
  return {
    publicKey: Buffer.concat([type, encodeString(curve.name), encodeString(point)]),
    async sign(data) {
      const pair = await signAsync(curve.hash, data, { key: privateKey, dsaEncoding: "ieee-p1363" });
      const half = pair.length / 2;
      const integers = Buffer.concat([encodeMpint(pair.subarray(0, half)), encodeMpint(pair.subarray(half))]);
      return Buffer.concat([type, encodeString(integers)]);
    },
  };
}

/** The public numbers of a key, as JWK names them; empty where its kind has none. */
function publicFields(privateKey: KeyObject): Readonly<Record<"e" | "n" | "x" | "y", Buffer>> {
  const { e, n, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  const decode = (text = ""): Buffer => Buffer.from(text, "base64url");
  return { e: decode(e), n: decode(n), x: decode(x), y: decode(y) };
}

interface SignKey {
  readonly key: KeyObject;
  readonly dsaEncoding?: "ieee-p1363";
}

/** On a thread of the pool: an RSA signature takes milliseconds. */
function signAsync(hash: string | null, data: Buffer, key: SignKey): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    sign(hash, data, key, (error, signature) => (error ? reject(error) : resolve(signature))),
  );
}
