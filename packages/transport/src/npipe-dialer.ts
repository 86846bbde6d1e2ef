// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { AbortOptions } from "./abort.js";
import { formatAddress } from "./address.js";
import type { Dialer } from "./dialer.js";
import { openSocket } from "./socket.js";

export interface NpipeDialerOptions {
  /** `//./pipe/name` */
  readonly path: string;
}

/** Dials a Windows named pipe. */
export function createNpipeDialer({ path }: NpipeDialerOptions): Dialer {
  const endpoint = formatAddress({ kind: "npipe", path });
  return {
    endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      return openSocket({ path: path.replaceAll("/", "\\") }, endpoint, { signal });
    },
  };
}
