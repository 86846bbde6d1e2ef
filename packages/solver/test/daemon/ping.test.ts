// SPDX-License-Identifier: Apache-2.0
import { InfoRequestSchema, InfoResponseSchema } from "@bk/proto/control";
import { type FakeHandler, leakCheck, startFakeDaemon } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, ping } from "../../src/index.js";

const INFO = "/moby.buildkit.v1.Control/Info";

async function pingDaemon(info: FakeHandler): Promise<void> {
  await using fake = await startFakeDaemon({ handlers: { [INFO]: info } });
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  await ping(daemon);
}

describe("ping()", () => {
  leakCheck();

  test("takes an answer, and a daemon that does not know the call", async () => {
    await pingDaemon(async (call) => {
      await call.receive(InfoRequestSchema);
      call.send(InfoResponseSchema, {});
      call.end();
    });
    await pingDaemon((call) =>
      call.end({ status: 12, message: "unknown method Info for service moby.buildkit.v1.Control" }),
    );
  });

  test.each([
    [
      "a gRPC server without BuildKit's service",
      { status: 12, message: "unknown service moby.buildkit.v1.Control" },
    ],
    ["a web server", undefined],
  ])("refuses %s", async (_what, end) => {
    const pinged = pingDaemon((call) => {
      if (end) call.end(end);
      else {
        call.stream.respond({ ":status": 404, "content-type": "text/html" });
        call.stream.end("<html>not here</html>");
      }
    });

    await expect(pinged).rejects.toMatchObject({
      code: "BK_NOT_GRPC",
      message: expect.stringContaining("unix://"),
    });
  });

  test("takes a proxy whose daemon is away for no other kind of server", async () => {
    const pinged = pingDaemon((call) => {
      call.stream.respond({ ":status": 503, "content-type": "text/plain" });
      call.stream.end("no healthy upstream");
    });

    await expect(pinged).rejects.toMatchObject({
      code: "BK_DAEMON_UNAVAILABLE",
      message: expect.stringContaining("HTTP status 503"),
    });
  });

  test("asks again on a new connection when the old one turns out to be lost", async () => {
    let asked = 0;
    await using fake = await startFakeDaemon();
    fake.handle(INFO, (call) => {
      asked += 1;
      if (asked === 1) fake.cutConnections();
      else {
        call.send(InfoResponseSchema, {});
        call.end();
      }
    });
    await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });

    await ping(daemon);

    expect(asked).toBe(2);
    expect(fake.connections).toBe(2);
  });

  test("quotes a refusal without what a terminal would act on", async () => {
    const pinged = pingDaemon((call) => call.end({ status: 7, message: "\u001b]0;pwn\u0007denied" }));

    await expect(pinged).rejects.toMatchObject({
      code: "BK_DAEMON_UNAVAILABLE",
      message: expect.stringMatching(/refused a ping: denied$/),
    });
  });
});
