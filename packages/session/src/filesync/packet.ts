// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../errors.js";
import { varintLength, varintLength64, writeVarint, writeVarint64 } from "../varint.js";
import type { FileStat } from "./source/stat.js";

/*
 * fsutil.types.Packet as bytes. A transfer of many small files is made of packets, so the ones that this side
 * sends are written straight into the output buffer. Fields go in number order, zero values are left out.
 *
 *   Packet { type = 1; stat = 2; ID = 3; data = 4 }
 *   Stat { path = 1; mode = 2; uid = 3; gid = 4; size = 5; modTime = 6; linkname = 7; devmajor = 8; devminor = 9 }
 */

export const PACKET_TYPE = { stat: 0, req: 1, data: 2, fin: 3, err: 4 } as const;

/** A packet of the receiving side: what it wants, that it is done, or why it gave up. */
export type ReceiverPacket =
  | { readonly type: "req"; readonly id: number }
  | { readonly type: "fin" }
  | { readonly type: "err"; readonly message: string }
  | { readonly type: "other" };

/** Marks the end of the descriptions: a STAT packet without a Stat, which is no bytes at all. */
export const END_OF_STATS: Uint8Array = new Uint8Array();

/** Length of a STAT packet. `statLength` is that of the Stat in it. */
export function statPacketLength(statLength: number): number {
  return 1 + varintLength(statLength) + statLength;
}

export interface StatWrite {
  readonly target: Buffer;
  readonly offset: number;
  readonly stat: FileStat;
  /** Instead of the stat's own. */
  readonly uid: number;
  readonly gid: number;
  /** `encodedStatLength` of the same. */
  readonly length: number;
}

export function writeStatPacket({ target, offset, stat, uid, gid, length }: StatWrite): void {
  target[offset] = 0x12;
  let at = writeVarint(target, offset + 1, length);
  at = writeBytesField(target, at, 0x0a, stat.path);
  at = writeNumberField(target, at, 0x10, stat.mode);
  at = writeNumberField(target, at, 0x18, uid);
  at = writeNumberField(target, at, 0x20, gid);
  at = writeNumberField(target, at, 0x28, stat.size);
  if (stat.modTimeNs !== 0n) {
    target[at++] = 0x30;
    at = writeVarint64(target, at, stat.modTimeNs);
  }
  at = writeBytesField(target, at, 0x3a, stat.linkname);
  at = writeNumberField(target, at, 0x40, stat.devmajor);
  writeNumberField(target, at, 0x48, stat.devminor);
}

/** Length of the Stat of an entry. */
export function encodedStatLength(stat: FileStat, uid: number, gid: number): number {
  return (
    bytesFieldLength(stat.path.length) +
    numberFieldLength(stat.mode) +
    numberFieldLength(uid) +
    numberFieldLength(gid) +
    numberFieldLength(stat.size) +
    (stat.modTimeNs === 0n ? 0 : 1 + varintLength64(stat.modTimeNs)) +
    bytesFieldLength(stat.linkname.length) +
    numberFieldLength(stat.devmajor) +
    numberFieldLength(stat.devminor)
  );
}

/** Length of what stands before the data in a DATA packet of `dataLength` bytes. */
export function dataHeaderLength(id: number, dataLength: number): number {
  return 2 + numberFieldLength(id) + (dataLength === 0 ? 0 : 1 + varintLength(dataLength));
}

/** Writes what stands before the data of a DATA packet. No data at all means the end of the file. */
export function writeDataHeader(target: Buffer, offset: number, id: number, dataLength: number): number {
  target[offset] = 0x08;
  target[offset + 1] = PACKET_TYPE.data;
  const at = writeNumberField(target, offset + 2, 0x18, id);
  if (dataLength === 0) return at;
  target[at] = 0x22;
  return writeVarint(target, at + 1, dataLength);
}

export function encodeFinPacket(): Uint8Array {
  return Uint8Array.of(0x08, PACKET_TYPE.fin);
}

export function encodeErrPacket(message: string): Uint8Array {
  const data = Buffer.from(message, "utf8");
  const head = Buffer.alloc(3 + varintLength(data.length));
  head.set([0x08, PACKET_TYPE.err, 0x22]);
  writeVarint(head, 3, data.length);
  return Buffer.concat([head, data]);
}

/**
 * Reads a packet of the receiving side. Unknown fields are skipped, as protobuf has it.
 * @throws {SessionError} `BK_PROTOCOL` for bytes that are no packet.
 */
export function decodeReceiverPacket(bytes: Uint8Array): ReceiverPacket {
  let type = 0;
  let id = 0;
  let data: Uint8Array = new Uint8Array();
  const input = new PacketReader(bytes);
  while (input.more()) {
    const tag = input.varint();
    if (tag === 0x08) type = input.varint();
    else if (tag === 0x18) id = input.varint();
    else if (tag === 0x22) data = input.bytes();
    else input.skip(tag & 7);
  }
  if (type === PACKET_TYPE.req) return { type: "req", id };
  if (type === PACKET_TYPE.fin) return { type: "fin" };
  if (type === PACKET_TYPE.err) return { type: "err", message: Buffer.from(data).toString("utf8") };
  return { type: "other" };
}

/** A cursor over one protobuf message. */
class PacketReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  more(): boolean {
    return this.#at < this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  bytes(): Uint8Array {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 2) this.bytes();
    else if (wireType === 1 || wireType === 5) this.#at += wireType === 1 ? 8 : 4;
    else throw malformed();
    if (this.#at > this.#bytes.length) throw malformed();
  }
}

function malformed(): SessionError {
  return new SessionError("BK_PROTOCOL", "The daemon sent a malformed file sync packet");
}

function numberFieldLength(value: number): number {
  return value === 0 ? 0 : 1 + varintLength(value);
}

function bytesFieldLength(length: number): number {
  return length === 0 ? 0 : 1 + varintLength(length) + length;
}

function writeNumberField(target: Uint8Array, offset: number, tag: number, value: number): number {
  if (value === 0) return offset;
  target[offset] = tag;
  return writeVarint(target, offset + 1, value);
}

function writeBytesField(target: Buffer, offset: number, tag: number, text: string): number {
  if (text.length === 0) return offset;
  target[offset] = tag;
  const at = writeVarint(target, offset + 1, text.length);
  return at + target.write(text, at, "latin1");
}
