// SPDX-License-Identifier: Apache-2.0
import { formatAddress, type SocketAddress } from "./address.js";
import type { Dialer } from "./dialer.js";
import { TransportError } from "./errors.js";
import { createNpipeDialer } from "./npipe-dialer.js";
import { createTcpDialer } from "./tcp-dialer.js";
import type { AlpnProtocol, TlsOptions } from "./tls.js";
import { createUnixDialer } from "./unix-dialer.js";

export interface SocketDialerOptions {
  /** For tcp addresses only. */
  readonly tls?: TlsOptions | undefined;
  /** Default `h2`. */
  readonly alpnProtocol?: AlpnProtocol | undefined;
}

/** The dialer for what this machine connects to by itself. @throws {TransportError} `BK_TLS_FAILED`. */
export function createSocketDialer(
  address: SocketAddress,
  { tls, alpnProtocol }: SocketDialerOptions = {},
): Dialer {
  switch (address.kind) {
    case "tcp":
      return createTcpDialer({ host: address.host, port: address.port, tls, alpnProtocol });
    case "unix":
      refuseTls(formatAddress(address), tls);
      return createUnixDialer({ path: address.path });
    case "npipe":
      refuseTls(formatAddress(address), tls);
      return createNpipeDialer({ path: address.path });
  }
}

/** @throws {TransportError} `BK_TLS_FAILED` when TLS is asked for where there is none. */
export function refuseTls(endpoint: string, tls: TlsOptions | undefined): void {
  if (tls === undefined) return;
  throw new TransportError("BK_TLS_FAILED", `Cannot use TLS for ${endpoint}: TLS needs a tcp:// address`, {
    endpoint,
  });
}
