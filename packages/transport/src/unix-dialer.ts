// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import type { Duplex } from "node:stream";
import type { AbortOptions } from "./abort.js";
import { formatAddress } from "./address.js";
import type { Dialer } from "./dialer.js";
import { TransportError } from "./errors.js";
import { openSocket } from "./socket.js";

export interface UnixDialerOptions {
  readonly path: string;
}

/** Dials a unix socket. */
export function createUnixDialer({ path }: UnixDialerOptions): Dialer {
  const endpoint = formatAddress({ kind: "unix", path });
  return {
    endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      try {
        return await openSocket({ path }, endpoint, { signal });
      } catch (cause) {
        // Linux answers ECONNREFUSED for a plain file too, which no waiting will cure.
        if (TransportError.is(cause) && cause.code === "BK_CONNECTION_REFUSED" && !(await isSocket(path))) {
          const text = `Cannot connect to ${endpoint}: the path is not a socket. Check the address`;
          throw new TransportError("BK_NOT_A_SOCKET", text, { cause, endpoint });
        }
        throw cause;
      }
    },
  };
}

async function isSocket(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined || stats.isSocket();
}
