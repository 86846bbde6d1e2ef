// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type AbortOptions, abortError, listenAbort } from "../abort.js";
import { formatAddress } from "../address.js";
import type { Dialer } from "../dialer.js";
import { connectTimeoutError } from "../node-errors.js";
import { connectTimeoutMs } from "../socket.js";
import type { DockerEndpoint } from "./endpoint.js";
import { type DockerAttempt, refusedError, unansweredError } from "./refusal.js";
import { createDockerDialer, type DockerHeaders, startRequest, toNodeHeaders } from "./request.js";

export interface DockerUpgradeOptions {
  readonly endpoint: DockerEndpoint;
  /** `/grpc` is BuildKit's API; on `/session` Docker calls back and the dialer's side is the HTTP/2 server. */
  readonly path: "/grpc" | "/session";
  /** The session's announcement, on `/session`. */
  readonly headers?: DockerHeaders | undefined;
}

/**
 * Asks Docker to switch a connection over to BuildKit's HTTP/2, as `docker buildx` does.
 *
 * `dial` throws TransportError: `BK_UPGRADE_REFUSED` with `status` and `body`, or the socket's own errors.
 */
export function createDockerUpgradeDialer({ endpoint, path, headers }: DockerUpgradeOptions): Dialer {
  const dialer = createDockerDialer(endpoint);
  const name = formatAddress(endpoint.address);
  return {
    endpoint: name,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      const socket = await dialer.dial({ signal });
      try {
        const outgoing = startRequest(socket, {
          method: "POST",
          path,
          headers: { ...toNodeHeaders(headers), Connection: "Upgrade", Upgrade: "h2c" },
        });
        const attempt = { endpoint: name, asked: `POST ${path}`, code: "BK_UPGRADE_REFUSED" } as const;
        return await waitForUpgrade(outgoing, attempt, { signal });
      } catch (cause) {
        socket.on("error", () => {});
        socket.destroy();
        signal?.throwIfAborted();
        throw cause;
      }
    },
  };
}

async function waitForUpgrade(
  outgoing: ClientRequest,
  attempt: DockerAttempt,
  { signal }: AbortOptions,
): Promise<Duplex> {
  const timeout = connectTimeoutError(attempt.endpoint, connectTimeoutMs, `an answer to ${attempt.asked}`);
  const timer = setTimeout(() => outgoing.destroy(timeout), connectTimeoutMs);
  const stopListening = listenAbort(signal, (reason) => outgoing.destroy(abortError(reason)));
  try {
    const { response, socket } = await sendAndWait(outgoing, attempt);
    if (socket !== undefined && response.headers.upgrade?.toLowerCase() === "h2c") return socket;
    throw await refusedError(response, attempt);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

interface Answer {
  readonly response: IncomingMessage;
  /** Given when Docker switched protocols. */
  readonly socket?: Duplex;
}

async function sendAndWait(outgoing: ClientRequest, attempt: DockerAttempt): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.once("upgrade", (response, socket, head) => {
      // What came with the answer belongs to HTTP/2.
      if (head.length > 0) socket.unshift(head);
      resolve({ response, socket });
    });
    outgoing.once("response", (response) => resolve({ response }));
    outgoing.on("information", ({ statusCode }) => {
      // A 101 that does not name the new protocol.
      if (statusCode === 101) reject(unansweredError(statusCode, attempt));
    });
    // Stays: a request may fail again after its answer, and nobody else listens.
    outgoing.on("error", (cause) => reject(unansweredError(cause, attempt)));
    outgoing.once("close", () => reject(unansweredError(undefined, attempt)));
    outgoing.end();
  });
}
