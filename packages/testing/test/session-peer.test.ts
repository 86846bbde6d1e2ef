// SPDX-License-Identifier: Apache-2.0

import { connect } from "node:net";
import { Duplex } from "node:stream";
import { BytesMessageSchema } from "@bk/proto/control";
import { Packet_PacketType, PacketSchema } from "@bk/proto/fsutil";
import { HealthCheckResponse_ServingStatus, HealthCheckResponseSchema } from "@bk/proto/health";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";

import {
  type FakeHandler,
  joinSessionTunnel,
  leakCheck,
  openSessionPeer,
  PeerCallError,
  receiveTree,
  startFakeDaemon,
} from "../src/index.js";

const SESSION = "/moby.buildkit.v1.Control/Session";
const HEALTH = "/grpc.health.v1.Health/Check";
const DIFF_COPY = "/moby.filesync.v1.FileSync/DiffCopy";

/** A fake daemon stands in for the client that serves the session: both are gRPC servers. */
async function startClient(handlers: Record<string, FakeHandler>) {
  const client = await startFakeDaemon({ handlers });
  const socket = connect(new URL(client.address).pathname);
  return { client, socket };
}

describe("openSessionPeer()", () => {
  leakCheck();

  test("checks health, and reports a refusal with its status", async () => {
    const { client, socket } = await startClient({
      [HEALTH](call) {
        call.send(HealthCheckResponseSchema, { status: HealthCheckResponse_ServingStatus.SERVING });
        call.end();
      },
    });
    await using _client = client;
    await using peer = openSessionPeer(socket);
    expect(await peer.checkHealth()).toBe(HealthCheckResponse_ServingStatus.SERVING);
    client.handle(HEALTH, (call) => call.end({ status: 14, message: "no: überlastet" }));
    const refusal = peer.checkHealth();
    await expect(refusal).rejects.toThrow(PeerCallError);
    await expect(refusal).rejects.toMatchObject({ status: { code: 14, message: "no: überlastet" } });
  });
});

describe("receiveTree()", () => {
  leakCheck();

  const sendTree: FakeHandler = async (call) => {
    const stat = (path: string, mode: number) => ({
      type: Packet_PacketType.PACKET_STAT,
      stat: { path, mode },
    });
    call.send(PacketSchema, stat("d", 0x80000000 + 0o755));
    call.send(PacketSchema, stat("d/f", 0o644));
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_STAT });
    const request = await call.receive(PacketSchema);
    call.send(PacketSchema, { ...request, type: Packet_PacketType.PACKET_DATA, data: Buffer.from("data") });
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_DATA, id: request.id });
    const fin = await call.receive(PacketSchema);
    call.send(PacketSchema, fin);
    await call.nextMessage();
    call.end();
  };

  test("asks for the regular files and says FIN", async () => {
    const { client, socket } = await startClient({ [DIFF_COPY]: sendTree });
    await using _client = client;
    await using peer = openSessionPeer(socket);
    const received = await receiveTree(peer, { dirName: "context", excludePatterns: ["a", "b"] });
    expect([...received].map(([path, { data }]) => [path, data?.toString()])).toEqual([
      ["d", undefined],
      ["d/f", "data"],
    ]);
    const call = await client.waitForCall(DIFF_COPY);
    expect(call.headerValues("dir-name")).toEqual(["context"]);
    expect(call.headerValues("exclude-patterns")).toEqual(["a", "b"]);
  });

  test("rejects with the text of an ERR packet", async () => {
    const { client, socket } = await startClient({
      [DIFF_COPY](call) {
        call.send(PacketSchema, { type: Packet_PacketType.PACKET_ERR, data: Buffer.from("gone") });
        call.end();
      },
    });
    await using _client = client;
    await using peer = openSessionPeer(socket);
    await expect(receiveTree(peer, { dirName: "context" })).rejects.toThrow("gone");
  });
});

describe("joinSessionTunnel()", () => {
  leakCheck();

  test("carries a session inside a Control.Session call", async () => {
    await using inner = await startFakeDaemon({
      handlers: {
        [HEALTH](call) {
          call.send(HealthCheckResponseSchema, { status: 1 });
          call.end();
        },
      },
    });
    await using daemon = await startFakeDaemon({
      handlers: { [SESSION]: () => {} },
    });
    await using control = openSessionPeer(connect(new URL(daemon.address).pathname));
    const rpc = control.call(SESSION);
    // What a client does: the messages' bytes are a connection on which it serves its session.
    const served = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        rpc.sendBytes(toBinary(BytesMessageSchema, create(BytesMessageSchema, { data: chunk })));
        done();
      },
    });
    served.on("error", () => {});
    inner.accept(served);
    const pump = (async () => {
      for await (const bytes of rpc.messages) served.push(fromBinary(BytesMessageSchema, bytes).data);
    })().catch(() => {});
    const peer = openSessionPeer(joinSessionTunnel(await daemon.waitForCall(SESSION)));
    expect(await peer.checkHealth()).toBe(1);
    await peer[Symbol.asyncDispose]();
    served.destroy();
    rpc.stream.close();
    await pump;
  });
});
