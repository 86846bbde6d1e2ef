// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

export interface RelayServer {
  readonly server: Server;
  /** Destroys every joined pair; later connections are served as before. */
  cut(): void;
  /** Stops moving bytes on every joined pair and keeps them open, as a dead network does. */
  stall(): void;
}

/**
 * A server that plays a standalone buildkitd: it joins each connection to a `/grpc` stream of its own from a
 * Docker socket.
 */
export function createRelayServer(dockerSocket: string, tls?: TlsOptions): RelayServer {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const onConnection = (client: Socket): void => {
    track(client);
    joinGrpc(client, dockerSocket, track);
  };
  const server = tls
    ? createTlsServer({ ...tls, ALPNProtocols: ["h2"], minVersion: "TLSv1.2" }, onConnection)
    : createServer({ pauseOnConnect: true }, onConnection);
  return {
    server,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    stall: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

function joinGrpc(client: Socket, dockerSocket: string, track: (socket: Socket) => void): void {
  client.on("error", () => client.destroy());
  const upgrade = request({
    socketPath: dockerSocket,
    method: "POST",
    path: "/grpc",
    headers: { connection: "Upgrade", upgrade: "h2c" },
    agent: false,
  });
  upgrade.on("error", () => client.destroy());
  upgrade.on("response", () => client.destroy());
  upgrade.on("upgrade", (_response, upstream: Socket, head: Buffer) => {
    track(upstream);
    upstream.on("error", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("close", () => upstream.destroy());
    if (client.destroyed) upstream.destroy();
    if (head.length > 0) client.write(head);
    upstream.pipe(client);
    client.pipe(upstream);
  });
  upgrade.end();
}
