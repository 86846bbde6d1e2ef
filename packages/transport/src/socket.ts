// SPDX-License-Identifier: Apache-2.0
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { type AbortOptions, abortError, listenAbort } from "./abort.js";
import { connectError, connectTimeoutError } from "./node-errors.js";

/** As grpc-go's least connect timeout. */
export const connectTimeoutMs = 20_000;

/** Silence before the kernel probes the peer. Node's sockets never do by default. */
const keepAliveDelayMs = 30_000;

/** How long one of a host's addresses may take before the next is tried. */
const addressAttemptTimeoutMs = 1_000;

/**
 * Connects a TCP or unix socket with keep-alive and without Nagle's delay.
 *
 * @throws {TransportError} what `connectError` makes of the system's error.
 */
export async function openSocket(
  target: NetConnectOpts,
  endpoint: string,
  { signal }: AbortOptions = {},
): Promise<Socket> {
  signal?.throwIfAborted();
  const socket = connect({
    ...target,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveDelayMs,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: addressAttemptTimeoutMs,
  });
  await waitForSocket(socket, "connect", { endpoint, signal, waitedFor: "a connection" });
  return socket;
}

interface WaitOptions extends AbortOptions {
  readonly endpoint: string;
  /** Names what is waited for, in the timeout's message. */
  readonly waitedFor: string;
}

/** Waits for a socket's event within the connect timeout; destroys the socket if it does not come. */
export async function waitForSocket(
  socket: Socket,
  event: "connect" | "secureConnect",
  { endpoint, waitedFor, signal }: WaitOptions,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(connectTimeoutError(endpoint, connectTimeoutMs, waitedFor)),
        connectTimeoutMs,
      );
      const stopListening = listenAbort(signal, reject);
      const onClose = (): void => settle(() => reject(new EarlyCloseError()));
      const onError = (error: Error): void => settle(() => reject(error));
      const onReady = (): void => settle(resolve);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        stopListening();
        socket.off(event, onReady).off("error", onError).off("close", onClose);
        act();
      };
      socket.once(event, onReady).once("error", onError).once("close", onClose);
    });
  } catch (cause) {
    // A destroyed socket may still report an error; nobody is left to hear it.
    socket.on("error", () => {});
    socket.destroy(signal?.aborted === true ? abortError(signal.reason) : undefined);
    signal?.throwIfAborted();
    throw connectError(cause, endpoint);
  }
}

class EarlyCloseError extends Error {
  readonly code: string = "ERR_STREAM_PREMATURE_CLOSE";
  constructor() {
    super("The socket closed before it was connected");
  }
}
