// SPDX-License-Identifier: Apache-2.0
import { type Packet, Packet_PacketType, PacketSchema } from "@bk/proto/fsutil";
import type { PeerCall } from "@bk/testing";
import { fromBinary } from "@bufbuild/protobuf";
import { createFileSync, type FileSyncOptions, type SyncSource } from "../../src/index.js";
import { openSessionPair, type SessionPair } from "./session-pair.js";

/** A session that shares `source` as `context`, and the daemon's call for it. */
export interface SyncCall extends AsyncDisposable {
  readonly pair: SessionPair;
  readonly call: PeerCall;
  /** The next packet of the session; undefined at the end of the call. */
  next(): Promise<Packet | undefined>;
  /** The packets up to the end of the call. */
  rest(): Promise<readonly Packet[]>;
  request(id: number): void;
  giveUp(reason: string): void;
  finish(): void;
}

export interface SyncCallOptions extends Omit<FileSyncOptions, "dirs"> {
  /** Metadata of the call. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** For tests that play the daemon packet by packet. */
export async function openSyncCall(
  source: SyncSource,
  { headers = {}, ...options }: SyncCallOptions = {},
): Promise<SyncCall> {
  const pair = await openSessionPair(createFileSync({ ...options, dirs: new Map([["context", source]]) }));
  const lines = Object.entries(headers).map(([key, values]) => [key, [...values]] as const);
  const call = pair.peer.call("/moby.filesync.v1.FileSync/DiffCopy", {
    "dir-name": "context",
    ...Object.fromEntries(lines),
  });
  const next = async () => {
    const { done, value } = await call.messages.next();
    return done ? undefined : fromBinary(PacketSchema, value);
  };
  return {
    pair,
    call,
    next,
    async rest() {
      const packets: Packet[] = [];
      for (let packet = await next(); packet; packet = await next()) packets.push(packet);
      return packets;
    },
    request: (id) => call.send(PacketSchema, { type: Packet_PacketType.PACKET_REQ, id }),
    giveUp(reason) {
      call.send(PacketSchema, { type: Packet_PacketType.PACKET_ERR, data: Buffer.from(reason) });
    },
    finish: () => call.send(PacketSchema, { type: Packet_PacketType.PACKET_FIN }),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}
