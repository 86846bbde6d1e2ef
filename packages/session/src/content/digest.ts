// SPDX-License-Identifier: Apache-2.0

/** A digest whose parts are safe in a path: the algorithm is one of these, and the rest is hexadecimal. */
export interface Digest {
  readonly algorithm: "sha256" | "sha512";
  /** Lower case, as long as the algorithm has it. */
  readonly hex: string;
}

const DIGEST = /^(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128}))$/;

/** Reads `sha256:<64 hex>` or `sha512:<128 hex>`; undefined for anything else. */
export function parseDigest(text: string): Digest | undefined {
  const match = DIGEST.exec(text);
  if (!match) return undefined;
  const [, sha256, hex256 = "", , hex512 = ""] = match;
  return sha256 ? { algorithm: "sha256", hex: hex256 } : { algorithm: "sha512", hex: hex512 };
}

export function formatDigest({ algorithm, hex }: Digest): string {
  return `${algorithm}:${hex}`;
}
