// SPDX-License-Identifier: Apache-2.0
import { type JsonObject, lowerCaseEntries, parseFirstObject, readText } from "../lenient-json.js";
import { parseRfc3339 } from "./rfc3339.js";

/** A bearer token for a registry: a secret, though one that ends soon. */
export interface Token {
  readonly token: string;
  readonly expiresInSeconds: number;
  /** Seconds since 1970; 0 when the server did not say. */
  readonly issuedAtSeconds: number;
}

/** What is assumed where the server does not say. The same as in BuildKit's session/auth/authprovider. */
export const DEFAULT_EXPIRY_SECONDS = 60;

/**
 * Reads the answer to an OAuth request, whose token is `access_token`.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseOAuthAnswer(text: string): Token {
  const { object } = parseFirstObject(text);
  readText(object, "scope");
  return toToken(object, readText(object, "access_token"));
}

/**
 * Reads the answer to a GET, whose token is `access_token`, else `token`.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseTokenAnswer(text: string): Token {
  const { object } = parseFirstObject(text);
  const token = readText(object, "token");
  return toToken(object, readText(object, "access_token") || token);
}

/** Fields of the wrong type are refused even where they are not used, as Go does. */
function toToken(object: JsonObject, token: string): Token {
  readText(object, "refresh_token");
  const issuedAtSeconds = readIssuedAt(object);
  const expiresInSeconds = readInteger(object, "expires_in") || DEFAULT_EXPIRY_SECONDS;
  if (token === "") throw new SyntaxError("There is no token in it");
  return { token, expiresInSeconds, issuedAtSeconds };
}

function readInteger(object: JsonObject, key: string): number {
  let integer = 0;
  for (const [name, value] of lowerCaseEntries(object)) {
    if (name !== key || value === null) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value))
      throw new SyntaxError(`"${key}" is not an integer`);
    integer = value;
  }
  return integer;
}

/** Go's zero time, which stands for none. */
const NEVER = Date.parse("0001-01-01T00:00:00Z") / 1000;

function readIssuedAt(object: JsonObject): number {
  let seconds = NEVER;
  for (const [name, value] of lowerCaseEntries(object)) {
    if (name !== "issued_at" || value === null) continue;
    const parsed = typeof value === "string" ? parseRfc3339(value) : undefined;
    if (parsed === undefined) throw new SyntaxError('"issued_at" is not a time');
    seconds = parsed;
  }
  return seconds === NEVER ? 0 : seconds;
}
