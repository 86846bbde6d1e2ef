// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/**
 * A token server on loopback that answers with the steps in turn, and keeps what it was sent. A request beyond the last
 * step is refused, and kept too.
 */
export async function startTokenServer(steps) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body } = steps[requests.length] ?? { status: 500, body: "no step is left" };
    const got = toRequest(request);
    requests.push(got);
    const form = await text(request);
    if (request.method === "POST") got.form = form;
    response.writeHead(status, { ...headers, connection: "close" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
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
