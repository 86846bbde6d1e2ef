// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";

export interface FileServer extends AsyncDisposable {
  /** Such as "http://127.0.0.1:40123". */
  readonly origin: string;
  /** The paths that were asked for. */
  readonly requests: readonly string[];
}

/** Serves the files of one directory over HTTP, on loopback. */
export async function startFileServer(dir: string): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    requests.push(path);
    createReadStream(join(dir, basename(path)))
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
