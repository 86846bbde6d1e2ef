// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, raceAbort, withTimeLimit } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { type RegistryAuth, toNameAndSecret } from "../registry-auth.js";
import {
  type ExchangeOptions,
  exchange,
  type HttpReply,
  type HttpRequest,
  nameServer,
} from "./http-exchange.js";
import { type RegistryTls, toRequestTls } from "./registry-tls.js";
import { DEFAULT_EXPIRY_SECONDS, parseOAuthAnswer, parseTokenAnswer, type Token } from "./token-answer.js";
import { type AllowTokenRealm, checkTokenRealm } from "./token-realm.js";
import { type TokenRequest, toOAuthRequest, toTokenRequest } from "./token-request.js";

export interface FetchTokenOptions extends AbortOptions {
  readonly auth: RegistryAuth;
  /** Asked before credentials go to a token server that is not known to belong to the registry. Default: it is refused. */
  readonly allowTokenRealm?: AllowTokenRealm | undefined;
  readonly tls?: RegistryTls | undefined;
}

const TIMEOUT_MS = 20_000;

/**
 * Exchanges credentials for a token, so that the daemon sees a token and never the password. With a secret the
 * token server is asked by POST, then by GET if it does not know POST; without one, by GET. 20 s for all of it.
 *
 * Must match the daemon's own client in what is sent: session/auth/authprovider of moby/buildkit.
 *
 * @throws {SessionError} `BK_TOKEN_REALM_REFUSED` before anything is sent, or `BK_TOKEN_FAILED`.
 */
export async function fetchToken(request: TokenRequest, options: FetchTokenOptions): Promise<Token> {
  const { auth, allowTokenRealm, tls, signal } = options;
  signal?.throwIfAborted();
  if (auth.registryToken)
    return { token: auth.registryToken, expiresInSeconds: DEFAULT_EXPIRY_SECONDS, issuedAtSeconds: 0 };
  const rules = { hasCredentials: hasCredentials(auth, tls), allow: allowTokenRealm };
  const url = await raceAbort(checkTokenRealm(request.host, request.realm, rules), signal);
  return withDeadline(url, signal, (deadline) =>
    askServer(url, request, auth, { tls: toRequestTls(tls), signal: deadline }),
  );
}

/** A client certificate says who the user is, as a secret does. */
function hasCredentials(auth: RegistryAuth, tls: RegistryTls | undefined): boolean {
  return toNameAndSecret(auth).secret !== "" || tls?.cert !== undefined;
}

async function askServer(
  url: URL,
  request: TokenRequest,
  auth: RegistryAuth,
  options: ExchangeOptions,
): Promise<Token> {
  const credentials = toNameAndSecret(auth);
  if (credentials.secret !== "") {
    const reply = await ask(toOAuthRequest(url, request, credentials), options);
    if (!isPostUnknown(reply.status, credentials.username)) return readAnswer(url, reply, parseOAuthAnswer);
  }
  return readAnswer(url, await ask(toTokenRequest(url, request, credentials), options), parseTokenAnswer);
}

/** Which answers mean that the server has no POST. Must match BuildKit's session/auth/authprovider. */
function isPostUnknown(status: number, username: string): boolean {
  return status === 401 || status === 404 || (status === 405 && username !== "");
}

async function ask(request: HttpRequest, options: ExchangeOptions): Promise<HttpReply> {
  try {
    return await exchange(request, options);
  } catch (cause) {
    options.signal.throwIfAborted();
    if (SessionError.is(cause)) throw cause;
    const why = `${nameServer(request.url)} cannot be asked: ${describe(cause)}`;
    throw new SessionError("BK_TOKEN_FAILED", why, { cause });
  }
}

/** The error of the address that was tried last; Node's error for all of them has no text. */
function describe(cause: unknown): string {
  if (cause instanceof AggregateError) return describe(cause.errors.at(-1));
  return cause instanceof Error ? cause.message : String(cause);
}

function readAnswer(url: URL, { status, text }: HttpReply, parse: (text: string) => Token): Token {
  if (status < 200 || status >= 400)
    throw new SessionError("BK_TOKEN_FAILED", `${nameServer(url)} answered with status ${status}`);
  try {
    return parse(text);
  } catch (cause) {
    throw new SessionError("BK_TOKEN_FAILED", `${nameServer(url)} did not answer with a token`, { cause });
  }
}

function withDeadline<T>(
  url: URL,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const why = `did not answer within ${TIMEOUT_MS / 1000} s`;
  const onTimeout = () => new SessionError("BK_TOKEN_FAILED", `${nameServer(url)} ${why}`);
  return withTimeLimit({ ms: TIMEOUT_MS, onTimeout, signal }, work);
}
