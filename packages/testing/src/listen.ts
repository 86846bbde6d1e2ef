// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

import { type TmpDir, tmpDir } from "./tmp-dir.js";

/** A server on loopback, with every connection that it accepted. */
export interface Listener extends AsyncDisposable {
  /** `unix:///...` or `tcp://127.0.0.1:<port>`. */
  readonly address: string;
  /** How many connections it has accepted so far. */
  readonly accepted: number;
  /** Destroys the connections that are open. */
  cut(): void;
}

export type ListenKind = "unix" | "tcp";

/** Listens on a socket in a folder of its own or on a free port, and hands every connection on. */
export async function listen(kind: ListenKind, onConnection: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    // A peer that resets the connection is what many tests are about.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  const dir = kind === "unix" ? await tmpDir() : undefined;
  server.listen(dir ? { path: dir.join("fake.sock") } : { host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: formatAddress(server, dir),
    get accepted(): number {
      return accepted;
    },
    cut,
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
      await dir?.[Symbol.asyncDispose]();
    },
  };
}

function formatAddress(server: Server, dir: TmpDir | undefined): string {
  const address = server.address();
  if (dir || address === null || typeof address === "string") return `unix://${address}`;
  return `tcp://127.0.0.1:${address.port}`;
}
