// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createDaemon, type Daemon } from "@bk/solver";
import type { AbortOptions } from "@bk/transport";
import { ClientError } from "./errors.js";

/** Opens a connection on which the daemon answers BuildKit's control API over HTTP/2: Docker's upgraded `/grpc`. */
export type ContextDialer = (options: AbortOptions) => Promise<Duplex>;

/**
 * Opens a connection on which the daemon calls this process over HTTP/2: Docker's upgraded `/session`. `protocol` is
 * `h2c`; `meta` holds the headers that announce the session, to be sent with one header line per value.
 */
export type SessionDialer = (
  protocol: string,
  meta: Readonly<Record<string, readonly string[]>>,
  options: AbortOptions,
) => Promise<Duplex>;

export interface EmbeddedDialers {
  readonly contextDialer: ContextDialer;
  readonly sessionDialer: SessionDialer;
}

/** The daemon behind two dialers of the caller's. */
export function createDialedDaemon({ contextDialer, sessionDialer }: EmbeddedDialers): Daemon {
  return createDaemon({
    dialer: { endpoint: "the given dialer", dial: (options = {}) => contextDialer(options) },
    openSession: async (session, _channel, options) =>
      untilConnected(await sessionDialer("h2c", session.headers, options), options),
  });
}

/** A dialer may hand over a socket that still connects. */
async function untilConnected(connection: Duplex, { signal }: AbortOptions): Promise<Duplex> {
  if (!(connection instanceof Duplex)) {
    throw new ClientError("BK_OPTIONS_INVALID", "sessionDialer did not return a Duplex");
  }
  if (connection instanceof Socket && connection.connecting) await once(connection, "connect", { signal });
  return connection;
}
