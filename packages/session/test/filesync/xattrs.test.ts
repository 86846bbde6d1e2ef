// SPDX-License-Identifier: Apache-2.0
import { StatSchema } from "@bk/proto/fsutil";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  decodeSenderPacket,
  encodedStatLength,
  statPacketLength,
  writeStatPacket,
} from "../../src/filesync/packet.js";
import type { FileStat } from "../../src/filesync/source/stat.js";

const stat: FileStat = {
  path: "a",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 1,
  modTimeNs: 1n,
  linkname: "",
  devmajor: 0,
  devminor: 0,
  inode: 0n,
};

test("extended attributes that a source knows travel with their entry, as protobuf has them", () => {
  const xattrs = new Map<string, Uint8Array>([
    ["user.empty", new Uint8Array()],
    ["user.long", new Uint8Array(300).fill(7)],
  ]);
  const length = encodedStatLength({ ...stat, xattrs }, 0, 0);
  const packet = Buffer.alloc(statPacketLength(length));
  writeStatPacket({ target: packet, offset: 0, stat: { ...stat, xattrs }, uid: 0, gid: 0, length });

  const decoded = fromBinary(StatSchema, Uint8Array.from(packet).subarray(packet.length - length));
  expect(decoded.xattrs).toEqual(Object.fromEntries(xattrs));
  expect(toBinary(StatSchema, decoded)).toHaveLength(length);
  const received = decodeSenderPacket(packet);
  packet.fill(0); // the message's bytes are only lent
  expect(received).toMatchObject({ type: "stat", stat: { path: "a", xattrs } });
});
