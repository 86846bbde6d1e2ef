// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { bytesOf } from "./bytes.mjs";
import { textOf } from "./text.mjs";

/**
 * A token server on loopback that answers with the steps in turn, and keeps what it was sent. A request beyond the last
 * step is refused, and kept too. `{server}` in a header or body stands for the server's URL.
 */
export async function startTokenServer(steps) {
  const requests = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  async function answer(request, response) {
    const { status, headers = {}, body = "" } = steps[requests.length] ?? { status: 500 };
    const got = toRequest(request);
    requests.push(got);
    const form = await text(request);
    if (request.method === "POST") got.form = form;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, fill(textOf(value)));
    response.writeHead(status, { connection: "close" }).end(Buffer.from(fill(bytesOf(body)), "latin1"));
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const fill = (text) => text.replaceAll("{server}", url);
  return {
    url,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toRequest({ method, url, headers }) {
  const [path, ...query] = url.split("?");
  return { method, path, raw_query: query.join("?"), headers };
}
