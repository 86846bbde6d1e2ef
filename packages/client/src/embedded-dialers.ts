// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { createDaemon, type Daemon } from "@bk/solver";
import type { AbortOptions } from "@bk/transport";

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
    openSession: (session, _channel, options) => sessionDialer("h2c", session.headers, options),
  });
}
