// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { createWireReader, type WireReader } from "./wire.js";

const PEM = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;
const MAGIC = "openssh-key-v1\0";
const ED25519_SEED_BYTES = 32;

/** JWK's name of a curve, and the bytes of a coordinate on it. */
const CURVES: ReadonlyMap<string, { readonly crv: string; readonly bytes: number }> = new Map([
  ["nistp256", { crv: "P-256", bytes: 32 }],
  ["nistp384", { crv: "P-384", bytes: 48 }],
  ["nistp521", { crv: "P-521", bytes: 66 }],
]);

/** Why a key with a passphrase cannot be used, and what to do. */
export const NEEDS_PASSPHRASE =
  "it needs a passphrase. Add the key to an SSH agent with ssh-add, and forward the agent instead";

/**
 * Parses OpenSSH's own format of private keys (PROTOCOL.key of OpenSSH), which Node does not read.
 *
 * @returns undefined when `text` is of another format
 * @throws {Error} for what is malformed, not supported or has a passphrase. No error quotes the key.
 */
export function parseOpenSshKey(text: string): KeyObject | undefined {
  const base64 = PEM.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new RangeError("it is malformed");
  const reader = createWireReader(bytes.subarray(MAGIC.length));
  const cipher = reader.text();
  reader.string(); // key derivation
  reader.string(); // and its options
  if (reader.uint32() !== 1) throw new RangeError("it does not hold exactly one key");
  reader.string(); // public key
  const section = reader.string();
  if (cipher !== "none") throw new Error(NEEDS_PASSPHRASE);
  return createPrivateKey({ key: parsePrivateSection(createWireReader(section)), format: "jwk" });
}

function parsePrivateSection(reader: WireReader): JsonWebKey {
  const check = reader.uint32();
  if (reader.uint32() !== check) throw new RangeError("it is malformed");
  const type = reader.text();
  if (type === "ssh-ed25519") return readEd25519(reader);
  if (type === "ssh-rsa") return readRsa(reader);
  if (type.startsWith("ecdsa-sha2-")) return readEcdsa(reader);
  throw new TypeError(`keys of the type ${JSON.stringify(type)} are not supported`);
}

function readEd25519(reader: WireReader): JsonWebKey {
  const publicKey = reader.string();
  const seed = reader.string().subarray(0, ED25519_SEED_BYTES);
  return { kty: "OKP", crv: "Ed25519", x: encode(publicKey), d: encode(seed) };
}

function readEcdsa(reader: WireReader): JsonWebKey {
  const curve = CURVES.get(reader.text());
  const point = reader.string();
  if (!curve || point.length !== 1 + 2 * curve.bytes)
    throw new TypeError("of elliptic curves, only P-256, P-384 and P-521 are supported");
  const d = reader.mpint();
  const padded = Buffer.concat([Buffer.alloc(Math.max(0, curve.bytes - d.length)), d]);
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  return { kty: "EC", crv: curve.crv, x: encode(x), y: encode(y), d: encode(padded) };
}

function readRsa(reader: WireReader): JsonWebKey {
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => reader.mpint());
  if (!n || !e || !d || !qi || !p || !q) throw new RangeError("it is malformed");
  const [dp, dq] = [crtExponent(d, p), crtExponent(d, q)];
  const numbers = { n, e, d, p, q, dp, dq, qi };
  return {
    kty: "RSA",
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, encode(value)])),
  };
}

/** `d mod (prime - 1)`, which JWK wants and the file leaves out. */
function crtExponent(d: Buffer, prime: Buffer): Buffer {
  const modulus = toBigInt(prime) - 1n;
  if (modulus <= 0n) throw new RangeError("it is malformed");
  const hex = (toBigInt(d) % modulus).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex") || "0"}`);
}

function encode(bytes: Buffer): string {
  return bytes.toString("base64url");
}
