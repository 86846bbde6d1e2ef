// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http2";
import { Control } from "@bk/proto/control";
import { leakCheck, waitUntil } from "@bk/testing";
import { Code, ConnectError, type ConnectRouter, createClient } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { createChannel } from "../src/channel.js";
import { createConnectTransport } from "../src/connect.js";
import { findTransportError } from "../src/errors.js";
import { createTcpDialer } from "../src/tcp-dialer.js";
import { listen, startHttp2Server, startHttpServer, type TestServer } from "./helpers/servers.js";

async function startControl(routes: (router: ConnectRouter) => void): Promise<TestServer> {
  return listen(createServer(connectNodeAdapter({ routes })));
}

function connect({ port }: TestServer) {
  const channel = createChannel(createTcpDialer({ host: "127.0.0.1", port }));
  return { channel, client: createClient(Control, createConnectTransport(channel)) };
}

async function catchConnectError(promise: Promise<unknown>): Promise<ConnectError> {
  const error = await promise.then(
    () => expect.fail("resolved"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectError)) throw error;
  return error;
}

describe("createConnectTransport()", () => {
  leakCheck();

  test("carries calls and streams over one connection", async () => {
    await using server = await startControl((router) => {
      router.service(Control, {
        info: () => ({ buildkitVersion: { version: "v0.32.2" } }),
        async *status({ ref }) {
          yield { vertexes: [{ digest: ref, name: "one" }] };
          yield { vertexes: [{ digest: ref, name: "two" }] };
        },
      });
    });
    const { channel, client } = connect(server);
    await using _channel = channel;
    expect((await client.info({})).buildkitVersion?.version).toBe("v0.32.2");
    const names: string[] = [];
    for await (const { vertexes } of client.status({ ref: "r" }))
      names.push(...vertexes.map(({ name }) => name));
    expect(names).toEqual(["one", "two"]);
    expect(server.sockets.size).toBe(1);
  });

  test("takes answers of 16 MiB and refuses larger ones", async () => {
    let length = 16 * 1024 * 1024 - 100;
    await using server = await startControl((router) => {
      router.service(Control, { info: () => ({ buildkitVersion: { version: "x".repeat(length) } }) });
    });
    const { channel, client } = connect(server);
    await using _channel = channel;
    expect((await client.info({})).buildkitVersion?.version).toHaveLength(length);
    length += 200;
    expect((await catchConnectError(client.info({}))).code).toBe(Code.ResourceExhausted);
  });

  test("passes the daemon's own errors on", async () => {
    await using server = await startControl((router) => {
      router.service(Control, {
        info: () => {
          throw new ConnectError("no such job ü", Code.NotFound);
        },
      });
    });
    const { channel, client } = connect(server);
    await using _channel = channel;
    const error = await catchConnectError(client.info({}));
    expect(error).toMatchObject({ code: Code.NotFound, rawMessage: "no such job ü" });
    expect(findTransportError(error)).toBeUndefined();
  });

  test("keeps the reason why there is no connection", async () => {
    const gone = await startHttp2Server();
    await gone[Symbol.asyncDispose]();
    await using http1 = await startHttpServer((_request, response) => response.end());
    for (const [server, code] of [
      [gone, "BK_CONNECTION_REFUSED"],
      [http1, "BK_NOT_GRPC"],
    ] as const) {
      const { channel, client } = connect(server);
      const error = await catchConnectError(client.info({}));
      expect(error.code).toBe(Code.Unavailable);
      expect(findTransportError(error)?.code).toBe(code);
      await channel.close();
      const afterwards = await catchConnectError(client.info({}));
      expect(findTransportError(afterwards)?.code).toBe("BK_CLOSED");
    }
  });

  test("keeps the reason why a call's connection was lost", async () => {
    await using server = await startControl((router) => {
      router.service(Control, {
        info: (_request, { signal }) => once(signal, "abort").then(() => ({})),
        async *status(_request, { signal }) {
          yield {};
          await once(signal, "abort");
        },
      });
    });
    const { channel, client } = connect(server);
    await using _channel = channel;
    const status = client.status({})[Symbol.asyncIterator]();
    await status.next();
    const failures = [catchConnectError(client.info({})), catchConnectError(status.next())];
    await channel.connect();
    for (const socket of server.sockets) socket.destroy();
    for (const failure of failures)
      expect(findTransportError(await failure)?.code).toBe("BK_CONNECTION_LOST");
  });

  test("gives a call up when aborted", async () => {
    const daemon = { started: false, canceled: false };
    await using server = await startControl((router) => {
      router.service(Control, {
        info: async (_request, { signal }) => {
          daemon.started = true;
          await once(signal, "abort");
          daemon.canceled = true;
          return {};
        },
      });
    });
    const { channel, client } = connect(server);
    await using _channel = channel;
    const controller = new AbortController();
    const failure = catchConnectError(client.info({}, { signal: controller.signal }));
    await waitUntil(() => daemon.started);
    controller.abort(new Error("enough"));
    expect((await failure).code).toBe(Code.Canceled);
    await waitUntil(() => daemon.canceled);
  });
});
