// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";

export interface TokenServer extends AsyncDisposable {
  /** Such as "https://localhost:40123". */
  readonly origin: string;
  /** Method and URL of each request, as it came. */
  readonly requests: readonly string[];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback, with TLS if there is a certificate. */
export async function startTokenServer(handler: Handler, tls?: ServerOptions): Promise<TokenServer> {
  const requests: string[] = [];
  const listener: Handler = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls ? "https" : "http"}://localhost:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Gives this token to whoever asks. */
export function answerToken(token: string): Handler {
  return (_request, response) => {
    response.end(JSON.stringify({ access_token: token }));
  };
}
