// SPDX-License-Identifier: Apache-2.0
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type AbortOptions, abortError, listenAbort } from "../abort.js";
import { formatAddress } from "../address.js";
import { dockerCommand } from "../command/command.js";
import { createCommandDialer } from "../command/dialer.js";
import type { Dialer } from "../dialer.js";
import { createSocketDialer } from "../socket-dialer.js";
import type { DockerEndpoint } from "./endpoint.js";
import { unansweredError } from "./refusal.js";

/** Header name to values; each value is sent as a header line of its own. */
export type DockerHeaders = Readonly<Record<string, readonly string[]>>;

export interface DockerRequestOptions extends AbortOptions {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly headers?: DockerHeaders | undefined;
  /** Streamed as it comes. If it fails, the request is cut short, so Docker sees that it is incomplete. */
  readonly body?: Readable | undefined;
}

/** The dialer for Docker's HTTP/1.1 API. Through ssh it starts `docker system dial-stdio` over there. */
export function createDockerDialer({ address, tls, env = process.env }: DockerEndpoint): Dialer {
  if (address.kind !== "ssh") return createSocketDialer(address, { tls, alpnProtocol: "http/1.1" });
  const endpoint = formatAddress(address);
  return createCommandDialer({ endpoint, command: dockerCommand(address), env });
}

/**
 * Sends one request to Docker's API over a connection of its own. The response belongs to the caller, who
 * reads or destroys it; whatever its status. The signal covers the body of the response too.
 *
 * @throws {TransportError} when Docker cannot be reached or answers no HTTP. What `body` failed with.
 */
export async function dockerRequest(
  endpoint: DockerEndpoint,
  { method, path, headers, body, signal }: DockerRequestOptions,
): Promise<IncomingMessage> {
  const name = formatAddress(endpoint.address);
  const socket = await createDockerDialer(endpoint).dial({ signal });
  const outgoing = startRequest(socket, { method, path, headers: toNodeHeaders(headers) });
  const stopListening = listenAbort(signal, (reason) => outgoing.destroy(abortError(reason)));
  outgoing.once("close", stopListening);
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      // Also hears what comes later: the response then fails by itself.
      outgoing.on("error", reject);
      outgoing.once("close", () => reject(undefined));
      sendBody(outgoing, body, reject);
    });
  } catch (cause) {
    outgoing.destroy();
    signal?.throwIfAborted();
    if (body?.errored != null) throw body.errored;
    throw unansweredError(cause, { endpoint: name, asked: `${method} ${path}`, code: "BK_DOCKER_REFUSED" });
  }
}

/** Begins an HTTP/1.1 request on a dialed socket. The socket is closed with the response. */
export function startRequest(
  socket: Duplex,
  options: { readonly method: string; readonly path: string; readonly headers: OutgoingHttpHeaders },
): ClientRequest {
  return request({
    ...options,
    headers: { Host: "docker", "User-Agent": "bk", ...options.headers },
    createConnection: () => socket,
  });
}

/** Node sends an array as one header line per value. Bad names and values throw a TypeError in `request`. */
export function toNodeHeaders(headers: DockerHeaders = {}): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
}

/** Docker may answer before it has read everything, so a broken pipe counts only if no answer comes. */
function sendBody(
  outgoing: ClientRequest,
  body: Readable | undefined,
  reject: (error: unknown) => void,
): void {
  if (body === undefined) {
    outgoing.end();
    return;
  }
  pipeline(body, outgoing).catch((error: unknown) => {
    if (body.errored != null) reject(error);
  });
}
