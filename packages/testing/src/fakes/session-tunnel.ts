// SPDX-License-Identifier: Apache-2.0

import { Duplex } from "node:stream";
import { BytesMessageSchema } from "@bk/proto/control";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";

import type { FakeCall } from "./fake-call.js";
import { encodeFrame } from "./grpc-frames.js";

/** The bytes that a Control.Session call carries in its messages, both ways, for openSessionPeer(). */
export function joinSessionTunnel(call: FakeCall): Duplex {
  call.respond();
  const tunnel = new Duplex({
    read: () => void pull(),
    write(chunk: Buffer, _encoding, done) {
      const message = toBinary(BytesMessageSchema, create(BytesMessageSchema, { data: chunk }));
      if (call.stream.destroyed) done(new Error("the session call is over"));
      else call.stream.write(encodeFrame(message), () => done());
    },
    final(done) {
      call.end();
      done();
    },
  });
  let pulling = false;
  async function pull(): Promise<void> {
    if (pulling) return;
    pulling = true;
    try {
      for (let more = true; more; ) {
        const message = await call.nextMessage();
        more = tunnel.push(message === undefined ? null : fromBinary(BytesMessageSchema, message).data);
        if (message === undefined) return;
      }
    } catch (error) {
      tunnel.destroy(error instanceof Error ? error : new Error(String(error)));
    } finally {
      pulling = false;
    }
  }
  tunnel.on("error", () => {});
  call.stream.on("close", () => tunnel.destroy());
  return tunnel;
}
