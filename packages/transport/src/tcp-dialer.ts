// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { AbortOptions } from "./abort.js";
import { formatAddress } from "./address.js";
import type { Dialer } from "./dialer.js";
import { openSocket } from "./socket.js";
import { type AlpnProtocol, createTlsContext, secureSocket, type TlsOptions } from "./tls.js";

export interface TcpDialerOptions {
  readonly host: string;
  readonly port: number;
  /** Given, the connection is TLS and verified. */
  readonly tls?: TlsOptions | undefined;
  /** Default `h2`. */
  readonly alpnProtocol?: AlpnProtocol | undefined;
}

/**
 * Dials TCP, with TLS if asked. A host's addresses are tried in turn; 20 s in all.
 *
 * @throws {TransportError} `BK_TLS_FAILED` at once when the PEM texts are unusable.
 */
export function createTcpDialer({ host, port, tls, alpnProtocol = "h2" }: TcpDialerOptions): Dialer {
  const endpoint = formatAddress({ kind: "tcp", host, port });
  const context = tls === undefined ? undefined : createTlsContext(tls, endpoint);
  return {
    endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      const socket = await openSocket({ host, port }, endpoint, { signal });
      if (context === undefined) return socket;
      const serverName = tls?.serverName;
      return secureSocket(socket, { endpoint, host, context, serverName, alpnProtocol, signal });
    },
  };
}
