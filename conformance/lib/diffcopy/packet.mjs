// SPDX-License-Identifier: Apache-2.0
import { BinaryReader } from "@bufbuild/protobuf/wire";

export const PACKET_TYPES = ["STAT", "REQ", "DATA", "FIN", "ERR"];

const FIELD = { type: 1, stat: 2, id: 3, data: 4 };
const STAT_XATTRS = 10;

/**
 * A packet in a form in which equal packets are equal: a Stat is its fields, of which only the extended
 * attributes have no order of their own.
 *
 * @typedef {{ type: string, id: number, data: Buffer, stat: readonly string[] | undefined }} Packet
 * @param {Uint8Array} bytes
 * @returns {Packet}
 */
export function readPacket(bytes) {
  const packet = { type: PACKET_TYPES[0], id: 0, data: Buffer.alloc(0), stat: undefined };
  for (const { number, value } of readFields(bytes)) {
    if (number === FIELD.type) packet.type = PACKET_TYPES[value];
    else if (number === FIELD.id) packet.id = value;
    else if (number === FIELD.data) packet.data = Buffer.from(value);
    else if (number === FIELD.stat) packet.stat = readStat(value);
    else throw new Error(`a packet has no field ${number}`);
  }
  return packet;
}

function readStat(bytes) {
  const fields = readFields(bytes).map(({ number, value }) => ({
    number,
    text: `${number}: ${show(value)}`,
  }));
  const xattrs = fields
    .filter(({ number }) => number === STAT_XATTRS)
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  return fields.map((field) => (field.number === STAT_XATTRS ? xattrs.shift() : field).text);
}

function readFields(bytes) {
  const reader = new BinaryReader(bytes);
  const fields = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType !== 0 && wireType !== 2) throw new Error(`a packet has no wire type ${wireType}`);
    fields.push({ number, value: wireType === 2 ? reader.bytes() : Number(reader.int64()) });
  }
  return fields;
}

function show(value) {
  return typeof value === "number" ? String(value) : Buffer.from(value).toString("latin1");
}
