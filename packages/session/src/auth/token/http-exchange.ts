// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { SessionError } from "../../errors.js";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpReply {
  readonly status: number;
  /** Empty when the status tells an error: what an error page says is not for the daemon. */
  readonly text: string;
}

export interface ExchangeOptions {
  readonly tls: RequestOptions;
  readonly signal: AbortSignal;
}

const MAX_REPLY_BYTES = 1 << 20;
const MAX_REDIRECTS = 10;

/**
 * Sends one request and follows redirects, within the same scheme, host and port only: the request carries a secret.
 * No proxy, no compression, and no connection or TLS session that another request has used.
 *
 * @throws {SessionError} `BK_TOKEN_FAILED`, and what node:http throws.
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpReply> {
  let current = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(current, options);
    try {
      const next = redirect(current, response);
      if (next === undefined) return await readReply(current.url, response);
      current = next;
    } finally {
      response.destroy();
    }
  }
  throw new SessionError("BK_TOKEN_FAILED", `${nameServer(request.url)} redirects without end`);
}

/** A token server in messages: no query, which may hold anything. */
export function nameServer({ origin, pathname }: URL): string {
  return `The token server ${origin}${pathname}`;
}

async function send(
  { method, url, headers, body }: HttpRequest,
  { tls, signal }: ExchangeOptions,
): Promise<IncomingMessage> {
  const options = { method, headers, signal, agent: false };
  const request =
    url.protocol === "https:" ? requestHttps(url, { ...tls, ...options }) : requestHttp(url, options);
  return await new Promise((resolve, reject) => {
    request.once("response", resolve);
    // Once there is a response, its reader is told of a failure; the request tells it a second time.
    request.on("error", reject);
    // Node gives no error when the server switches to another protocol.
    request.once("close", () => reject(new Error("it sent no answer")));
    request.end(body);
  });
}

/** The request that a response sends on to, if it does. Must match Go's net/http in what is sent there. */
function redirect(
  request: HttpRequest,
  { statusCode = 0, headers }: IncomingMessage,
): HttpRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const { url, method, body } = request;
  const target = URL.canParse(headers.location, url.href) ? new URL(headers.location, url) : undefined;
  if (target?.origin !== url.origin) {
    throw new SessionError(
      "BK_TOKEN_FAILED",
      `${nameServer(url)} redirects to another server, which is not followed: the credentials are not for that one`,
    );
  }
  if (method === "GET" || statusCode >= 307) return { ...request, url: target, body };
  const { "content-type": _, ...kept } = request.headers;
  return { method: "GET", url: target, headers: kept };
}

async function readReply(url: URL, response: IncomingMessage): Promise<HttpReply> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status >= 400) return { status, text: "" };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES)
      throw new SessionError("BK_TOKEN_FAILED", `${nameServer(url)} sent more than ${MAX_REPLY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return { status, text: Buffer.concat(chunks).toString("utf8") };
}
