// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { AbortOptions } from "./abort.js";

/** One way to reach one endpoint. Anything that yields a byte stream will do: a socket, a tunnel, a test's pipe. */
export interface Dialer {
  /** The address as people write it, without credentials; used in errors. */
  readonly endpoint: string;
  /** Opens a new connection each time. The stream belongs to the caller, who destroys it. */
  dial(options?: AbortOptions): Promise<Duplex>;
}
