// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { type Packet, Packet_PacketType, PacketSchema, type Stat } from "@bk/proto/fsutil";
import { encodeFrame, readFrames } from "@bk/testing";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  createMemoryTarget,
  MODE,
  type ReceiveLimits,
  type ReceiveSummary,
  receiveFiles,
  type Target,
} from "../../../src/filesync/index.js";
import { splitPair } from "../../helpers/split-pair.js";

/** Says exactly what a test wants it to say to a receiver. */
export interface ScriptedSender {
  /** Of a regular file, unless `mode` says something else. */
  stat(path: string, stat?: Partial<Stat>): void;
  /** Of a directory. */
  dir(path: string, permissions?: number): void;
  endOfStats(): void;
  data(id: number, data: string | Uint8Array): void;
  /** With so many bytes behind the data that nobody reads: an unknown field. */
  paddedData(id: number, data: Uint8Array, padding: number): void;
  endOfFile(id: number): void;
  /** The whole contents. */
  contents(id: number, data: string | Uint8Array): void;
  fin(): void;
  err(text: string): void;
  bytes(message: Uint8Array): void;
  /** Ends this side of the stream. */
  end(): void;
  /** The receiver's next packet, in short: `REQ 3`, `FIN`, `ERR text`. */
  next(): Promise<string | undefined>;
  /** All of the receiver's packets from now on until its FIN or ERR. */
  rest(): Promise<readonly string[]>;
  /** How the receiver ended. */
  readonly received: Promise<ReceiveSummary>;
  readonly abort: AbortController;
  /** The sender's end of the connection. */
  readonly peer: Duplex;
  /** The receiver's. */
  readonly stream: Duplex;
  destroy(): void;
}

export function startReceiver(
  target: Target = createMemoryTarget(),
  limits?: Partial<ReceiveLimits>,
): ScriptedSender {
  const [ours, theirs] = splitPair();
  const abort = new AbortController();
  const received = receiveFiles({ stream: theirs, target, limits, signal: abort.signal });
  received.catch(() => {});
  const replies = readFrames(ours);
  const bytes = (message: Uint8Array) => void ours.write(encodeFrame(message));
  const send = (packet: MessageInitShape<typeof PacketSchema>) =>
    bytes(toBinary(PacketSchema, create(PacketSchema, packet)));
  const data = (id: number, content: string | Uint8Array) =>
    send({ type: Packet_PacketType.PACKET_DATA, id, data: Buffer.from(content) });
  const sender: ScriptedSender = {
    stat: (path, stat = {}) => send({ stat: { path, mode: 0o644, ...(stat as object) } }),
    dir: (path, permissions = 0o755) => send({ stat: { path, mode: MODE.directory + permissions } }),
    endOfStats: () => bytes(new Uint8Array()),
    data,
    paddedData(id, content, padding) {
      const packet = create(PacketSchema, { type: Packet_PacketType.PACKET_DATA, id, data: content });
      packet.$unknown = [{ no: 15, wireType: 2, data: encodeDelimited(padding) }];
      bytes(toBinary(PacketSchema, packet));
    },
    endOfFile: (id) => data(id, ""),
    contents(id, content) {
      if (content.length > 0) data(id, content);
      data(id, "");
    },
    fin: () => send({ type: Packet_PacketType.PACKET_FIN }),
    err: (text) => send({ type: Packet_PacketType.PACKET_ERR, data: Buffer.from(text) }),
    bytes,
    end: () => void ours.end(),
    async next() {
      const reply = await replies.next();
      return reply.done ? undefined : describePacket(fromBinary(PacketSchema, reply.value));
    },
    async rest() {
      const seen: string[] = [];
      for (let packet = await sender.next(); packet !== undefined; packet = await sender.next()) {
        seen.push(packet);
        if (!packet.startsWith("REQ")) break;
      }
      return seen;
    },
    received,
    abort,
    peer: ours,
    stream: theirs,
    destroy: () => void theirs.destroy(),
  };
  return sender;
}

function encodeDelimited(length: number): Uint8Array {
  return new BinaryWriter().bytes(new Uint8Array(length)).finish();
}

function describePacket({ type, id, data }: Packet): string {
  if (type === Packet_PacketType.PACKET_REQ) return `REQ ${id}`;
  if (type === Packet_PacketType.PACKET_ERR) return `ERR ${Buffer.from(data).toString()}`;
  return Packet_PacketType[type].replace("PACKET_", "");
}
