// SPDX-License-Identifier: Apache-2.0
import { varintLength, varintLength64, writeVarint, writeVarint64 } from "../varint.js";
import { PACKET_TYPE } from "./packet-type.js";
import type { FileStat } from "./source/stat.js";
import { encodedXattrsLength, writeXattrs } from "./xattrs.js";

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
  at = writeNumberField(target, at, 0x48, stat.devminor);
  writeXattrs(target, at, stat.xattrs);
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
    numberFieldLength(stat.devminor) +
    encodedXattrsLength(stat.xattrs)
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

/** Asks for the contents of a file. */
export function encodeReqPacket(id: number): Uint8Array {
  const packet = new Uint8Array(2 + numberFieldLength(id));
  packet.set([0x08, PACKET_TYPE.req]);
  writeNumberField(packet, 2, 0x18, id);
  return packet;
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
