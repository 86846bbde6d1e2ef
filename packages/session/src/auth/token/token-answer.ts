// SPDX-License-Identifier: Apache-2.0
import { type Member, parseFirstObject, readText } from "../lenient-json.js";
import { parseRfc3339 } from "./rfc3339.js";

/** A bearer token for a registry: a secret, though one that ends soon. */
export interface Token {
  readonly token: string;
  readonly expiresInSeconds: bigint;
  /** Seconds since 1970; 0 when the server did not say. */
  readonly issuedAtSeconds: number;
}

/** What is assumed where the server does not say. The same as in BuildKit's session/auth/authprovider. */
export const DEFAULT_EXPIRY_SECONDS = 60n;

/**
 * Reads the answer to an OAuth request, whose token is `access_token`.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseOAuthAnswer(text: string): Token {
  const { members } = parseFirstObject(text);
  readText(members, "scope");
  return toToken(members, readText(members, "access_token"));
}

/**
 * Reads the answer to a GET, whose token is `access_token`, else `token`.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseTokenAnswer(text: string): Token {
  const { members } = parseFirstObject(text);
  const token = readText(members, "token");
  return toToken(members, readText(members, "access_token") || token);
}

/** Fields of the wrong type are refused even where they are not used, as Go does. */
function toToken(members: readonly Member[], token: string): Token {
  readText(members, "refresh_token");
  const issuedAtSeconds = readIssuedAt(members);
  const expiresInSeconds = readInteger(members, "expires_in") || DEFAULT_EXPIRY_SECONDS;
  if (token === "") throw new SyntaxError("There is no token in it");
  return { token, expiresInSeconds, issuedAtSeconds };
}

/** Of 64 bits, and written without fraction and exponent. */
function readInteger(members: readonly Member[], key: string): bigint {
  let integer = 0n;
  for (const { name, value, source } of members) {
    if (name !== key || value === null) continue;
    const written = /^-?\d+$/.test(source) ? BigInt(source) : undefined;
    if (written === undefined || BigInt.asIntN(64, written) !== written)
      throw new SyntaxError(`"${key}" is not an integer`);
    integer = written;
  }
  return integer;
}

/** Go's zero time, which stands for none. */
const NEVER = Date.parse("0001-01-01T00:00:00Z") / 1000;

function readIssuedAt(members: readonly Member[]): number {
  let seconds = NEVER;
  for (const { name, value } of members) {
    if (name !== "issued_at" || value === null) continue;
    const parsed = typeof value === "string" ? parseRfc3339(value) : undefined;
    if (parsed === undefined) throw new SyntaxError('"issued_at" is not a time');
    seconds = parsed;
  }
  return seconds === NEVER ? 0 : seconds;
}
