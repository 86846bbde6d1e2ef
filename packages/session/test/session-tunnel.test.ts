// SPDX-License-Identifier: Apache-2.0
import { joinSessionTunnel, leakCheck, openSessionPeer, startFakeDaemon } from "@bk/testing";
import { createChannel, createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createFileSend, createSession, openSessionTunnel } from "../src/index.js";
import { collectTarget } from "./helpers/collect-target.js";
import { deferred } from "./helpers/deferred.js";

const SESSION = "/moby.buildkit.v1.Control/Session";
const FILE_SEND = "/moby.filesync.v1.FileSend/DiffCopy";

describe("openSessionTunnel()", () => {
  leakCheck();

  test("announces the session and carries it both ways", async () => {
    await using daemon = await startFakeDaemon();
    await using channel = createChannel(createDialer(parseAddress(daemon.address)));
    const target = collectTarget();
    await using session = createSession({ attachables: [createFileSend(new Map([[0, () => target]]))] });
    const answered = deferred();
    daemon.handle(SESSION, async (call) => {
      await using peer = openSessionPeer(joinSessionTunnel(call));
      expect(call.headerValues("x-docker-expose-session-uuid")).toEqual([session.id]);
      expect(call.headerValues("x-docker-expose-session-grpc-method")).toContain(FILE_SEND);
      await expect(peer.checkHealth()).resolves.toBe(1);
      const send = peer.call(FILE_SEND);
      for (let index = 0; index < 64; index++) send.sendBytes(bytesMessage(Buffer.alloc(100_000, index)));
      send.endRequests();
      await expect(send.status()).resolves.toMatchObject({ code: 0 });
      answered.resolve();
    });

    session.serve(await openSessionTunnel(channel, session), { endpoint: channel.endpoint });
    await answered.promise;

    expect(target.bytes().length).toBe(6_400_000);
    expect(target.bytes().at(-1)).toBe(63);
  });

  test("ends the session with what the daemon answers", async () => {
    await using daemon = await startFakeDaemon({
      handlers: { [SESSION]: (call) => call.end({ status: 7, message: "not for you" }) },
    });
    await using channel = createChannel(createDialer(parseAddress(daemon.address)));
    await using session = createSession({ attachables: [] });

    const connection = session.serve(await openSessionTunnel(channel, session), {
      endpoint: channel.endpoint,
    });

    await expect(connection.closed).resolves.toMatchObject({
      message: expect.stringContaining("not for you"),
    });
  });
});

function bytesMessage(data: Buffer): Uint8Array {
  const head = [0x0a];
  let rest = data.length;
  for (; rest >= 0x80; rest >>>= 7) head.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, rest]), data]);
}
