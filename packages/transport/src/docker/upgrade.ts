// SPDX-License-Identifier: Apache-2.0
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type AbortOptions, abortError, listenAbort } from "../abort.js";
import type { Dialer } from "../dialer.js";
import { connectTimeoutError } from "../node-errors.js";
import { connectTimeoutMs } from "../socket.js";
import { type DockerAttempt, refusedError, unansweredError } from "./refusal.js";
import { type DockerHeaders, startRequest, toNodeHeaders } from "./request.js";

export interface UpgradeRequest {
  readonly path: string;
  readonly headers?: DockerHeaders | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What the connection shall speak afterwards. */
  readonly protocol: "h2c" | "tcp";
}

/**
 * Dials Docker, POSTs, and hands over the connection that Docker then leaves to another protocol.
 *
 * @throws {TransportError} `BK_UPGRADE_REFUSED` with `status` and `body`, or the socket's own errors.
 */
export async function dialUpgrade(
  dialer: Dialer,
  { path, headers, body, protocol }: UpgradeRequest,
  { signal }: AbortOptions = {},
): Promise<Duplex> {
  const socket = await dialer.dial({ signal });
  const { endpoint } = dialer;
  const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const length = text && { "Content-Type": "application/json", "Content-Length": text.length };
  try {
    const outgoing = startRequest(socket, {
      method: "POST",
      path,
      headers: { ...toNodeHeaders(headers), ...length, Connection: "Upgrade", Upgrade: protocol },
    });
    const attempt = { endpoint, asked: `POST ${path}`, code: "BK_UPGRADE_REFUSED" } as const;
    const upgraded = waitForUpgrade(outgoing, protocol, attempt, { signal });
    outgoing.end(text);
    return await upgraded;
  } catch (cause) {
    socket.on("error", () => {});
    socket.destroy();
    signal?.throwIfAborted();
    throw cause;
  }
}

async function waitForUpgrade(
  outgoing: ClientRequest,
  protocol: UpgradeRequest["protocol"],
  attempt: DockerAttempt,
  { signal }: AbortOptions,
): Promise<Duplex> {
  const timeout = connectTimeoutError(attempt.endpoint, connectTimeoutMs, `an answer to ${attempt.asked}`);
  const timer = setTimeout(() => outgoing.destroy(timeout), connectTimeoutMs);
  const stopListening = listenAbort(signal, (reason) => outgoing.destroy(abortError(reason)));
  try {
    const { response, socket } = await waitForAnswer(outgoing, attempt);
    if (socket !== undefined && response.headers.upgrade?.toLowerCase() === protocol) return socket;
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

async function waitForAnswer(outgoing: ClientRequest, attempt: DockerAttempt): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.once("upgrade", (response, socket, head) => {
      // What came with the answer belongs to the new protocol.
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
  });
}
