// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "./address.js";
import type { Dialer } from "./dialer.js";
import { TransportError } from "./errors.js";
import { createNpipeDialer } from "./npipe-dialer.js";
import { createTcpDialer } from "./tcp-dialer.js";
import type { AlpnProtocol, TlsOptions } from "./tls.js";
import { createUnixDialer } from "./unix-dialer.js";

export interface CreateDialerOptions {
  /** For tcp addresses only. */
  readonly tls?: TlsOptions | undefined;
  /** Default `h2`. */
  readonly alpnProtocol?: AlpnProtocol | undefined;
}

/**
 * The dialer for an address.
 *
 * @throws {TransportError} `BK_TLS_FAILED` when TLS is asked for on a socket or a pipe, or its files are unusable.
 */
export function createDialer(address: Address, { tls, alpnProtocol }: CreateDialerOptions = {}): Dialer {
  if (tls !== undefined && address.kind !== "tcp") {
    const endpoint = formatAddress(address);
    throw new TransportError("BK_TLS_FAILED", `Cannot use TLS for ${endpoint}: TLS needs a tcp:// address`, {
      endpoint,
    });
  }
  switch (address.kind) {
    case "tcp":
      return createTcpDialer({ host: address.host, port: address.port, tls, alpnProtocol });
    case "unix":
      return createUnixDialer({ path: address.path });
    case "npipe":
      return createNpipeDialer({ path: address.path });
  }
}
