// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";

/** Connections in the order they came, for tests that take them one by one. */
export interface AcceptQueue {
  push(socket: Duplex): void;
  next(): Promise<Duplex>;
}

export function createAcceptQueue(): AcceptQueue {
  const sockets: Duplex[] = [];
  const waiters: ((socket: Duplex) => void)[] = [];
  return {
    push(socket) {
      const waiter = waiters.shift();
      if (waiter === undefined) sockets.push(socket);
      else waiter(socket);
    },
    async next() {
      return sockets.shift() ?? new Promise((resolve) => waiters.push(resolve));
    },
  };
}
