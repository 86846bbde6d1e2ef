// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { listen } from "@bk/testing";

export interface DockerProxy extends AsyncDisposable {
  /** In the form of DOCKER_HOST. */
  readonly address: string;
  /** Destroys every connection. */
  cut(): void;
}

const HTTP2_PREFACE = "PRI * HTTP/2.0";

/**
 * A Docker socket in front of the engine's, whose connections can be cut. With `direct` it is that of an Engine of
 * 29.2 or later, which says API 1.53 and speaks BuildKit's HTTP/2 on the socket itself.
 */
export async function startDockerProxy(
  dockerSocket: string,
  { direct }: { direct: boolean },
): Promise<DockerProxy> {
  const listener = await listen("unix", (client) => {
    client.once("data", (first: Buffer) => {
      client.pause();
      client.unshift(first);
      if (direct && first.toString("latin1").startsWith(HTTP2_PREFACE)) joinGrpc(client, dockerSocket);
      else join(client, connect(dockerSocket), direct);
    });
  });
  return {
    address: listener.address,
    cut: () => listener.cut(),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

function join(client: Socket, upstream: Socket, newer: boolean): void {
  upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("close", () => upstream.destroy());
  client.pipe(upstream);
  if (!newer) upstream.pipe(client);
  else upstream.on("data", (chunk: Buffer) => client.write(sayNewer(chunk))).on("end", () => client.end());
}

/** Answers to /_ping come in one piece, and the version keeps its length. */
function sayNewer(chunk: Buffer): Buffer {
  const text = chunk.toString("latin1").replace(/^(Api-Version: )1\.\d\d/im, "$11.53");
  return Buffer.from(text, "latin1");
}

function joinGrpc(client: Socket, dockerSocket: string): void {
  const headers = { connection: "Upgrade", upgrade: "h2c" };
  request({ socketPath: dockerSocket, method: "POST", path: "/grpc", headers, agent: false })
    .on("upgrade", (_response, upstream: Socket, head: Buffer) => {
      if (head.length > 0) upstream.unshift(head);
      join(client, upstream, false);
    })
    .on("error", () => client.destroy())
    .end();
}
