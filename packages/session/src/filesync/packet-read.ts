// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../errors.js";
import type { ByteString } from "./byte-string.js";
import { PACKET_TYPE } from "./packet-type.js";
import type { FileStat } from "./source/stat.js";
import { XATTRS_TAG } from "./xattrs.js";

/** A packet of the receiving side: what it wants, that it is done, or why it gave up. */
export type ReceiverPacket =
  | { readonly type: "req"; readonly id: number }
  | { readonly type: "fin" }
  | { readonly type: "err"; readonly message: string }
  | { readonly type: "other" };

/** A packet of the sending side. A `stat` without an entry ends the descriptions, `data` without bytes the file. */
export type SenderPacket =
  | { readonly type: "stat"; readonly stat: FileStat | undefined }
  | { readonly type: "data"; readonly id: number; readonly data: Uint8Array }
  | { readonly type: "fin" }
  /** `message` as the peer sent it, which need not be UTF-8. */
  | { readonly type: "err"; readonly message: ByteString }
  | { readonly type: "other" };

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

/**
 * Reads a packet of the sending side; its data is a view of `bytes`. Unknown fields are skipped.
 * @throws {SessionError} `BK_PROTOCOL` for bytes that are no packet.
 */
export function decodeSenderPacket(bytes: Uint8Array): SenderPacket {
  let type = 0;
  let id = 0;
  let stat: FileStat | undefined;
  let data: Uint8Array = new Uint8Array();
  const input = new PacketReader(bytes);
  while (input.more()) {
    const tag = input.varint();
    if (tag === 0x08) type = input.uint32();
    else if (tag === 0x12) stat = readStat(new PacketReader(input.bytes()));
    else if (tag === 0x18) id = input.uint32();
    else if (tag === 0x22) data = input.bytes();
    else input.skip(tag & 7);
  }
  if (type === PACKET_TYPE.data) return { type: "data", id, data };
  if (type === PACKET_TYPE.stat) return { type: "stat", stat };
  if (type === PACKET_TYPE.fin) return { type: "fin" };
  if (type === PACKET_TYPE.err) return { type: "err", message: Buffer.from(data).toString("latin1") };
  return { type: "other" };
}

function readStat(input: PacketReader): FileStat {
  const stat = {
    path: "",
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    modTimeNs: 0n,
    linkname: "",
    devmajor: 0,
    devminor: 0,
    inode: 0n,
    xattrs: undefined as Map<ByteString, Uint8Array> | undefined,
  };
  while (input.more()) {
    const tag = input.varint();
    if (tag === 0x0a) stat.path = input.byteString();
    else if (tag === 0x10) stat.mode = input.uint32();
    else if (tag === 0x18) stat.uid = input.uint32();
    else if (tag === 0x20) stat.gid = input.uint32();
    else if (tag === 0x28) stat.size = Number(input.int64());
    else if (tag === 0x30) stat.modTimeNs = input.int64();
    else if (tag === 0x3a) stat.linkname = input.byteString();
    else if (tag === 0x40) stat.devmajor = Number(input.int64());
    else if (tag === 0x48) stat.devminor = Number(input.int64());
    else if (tag === XATTRS_TAG) stat.xattrs = readXattr(new PacketReader(input.bytes()), stat.xattrs);
    else input.skip(tag & 7);
  }
  return stat;
}

/** Adds one entry of the map; its value is copied, since the message's bytes are only lent. */
function readXattr(input: PacketReader, xattrs = new Map<ByteString, Uint8Array>()) {
  let name = "";
  let value: Uint8Array = new Uint8Array();
  while (input.more()) {
    const tag = input.varint();
    if (tag === 0x0a) name = input.byteString();
    else if (tag === 0x12) value = input.bytes();
    else input.skip(tag & 7);
  }
  return xattrs.set(name, new Uint8Array(value));
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
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at++;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  /** Of a longer number, the lower 32 bits, as protobuf has it. */
  uint32(): number {
    return this.varint() % 2 ** 32;
  }

  int64(): bigint {
    const start = this.#at;
    const value = this.varint();
    if (Number.isSafeInteger(value)) return BigInt(value);
    let exact = 0n;
    for (let at = start; at < this.#at; at++)
      exact |= BigInt((this.#bytes[at] ?? 0) & 0x7f) << BigInt(7 * (at - start));
    return BigInt.asIntN(64, exact);
  }

  byteString(): ByteString {
    const { buffer, byteOffset, length } = this.bytes();
    return Buffer.from(buffer, byteOffset, length).toString("latin1");
  }

  /** A view of the message. */
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
