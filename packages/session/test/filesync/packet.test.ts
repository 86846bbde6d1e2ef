// SPDX-License-Identifier: Apache-2.0
import { Packet_PacketType, PacketSchema } from "@bk/proto/fsutil";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { decodeSenderPacket, encodeReqPacket } from "../../src/filesync/packet.js";

function encode(packet: MessageInitShape<typeof PacketSchema>): Uint8Array {
  return toBinary(PacketSchema, create(PacketSchema, packet));
}

describe("decodeSenderPacket()", () => {
  test("reads every field of a description, at its extremes", () => {
    const bytes = encode({
      stat: {
        path: "é",
        mode: 0xffffffff,
        uid: 0xffffffff,
        gid: 7,
        size: 2n ** 53n - 1n,
        modTime: -1n,
        linkname: "l",
        devmajor: 2n ** 31n,
        devminor: 3n,
        xattrs: { "user.x": Uint8Array.of(1) },
      },
    });

    expect(decodeSenderPacket(bytes)).toEqual({
      type: "stat",
      stat: {
        path: "\xc3\xa9",
        mode: 0xffffffff,
        uid: 0xffffffff,
        gid: 7,
        size: 2 ** 53 - 1,
        modTimeNs: -1n,
        linkname: "l",
        devmajor: 2 ** 31,
        devminor: 3,
        inode: 0n,
        xattrs: new Map([["user.x", Uint8Array.of(1)]]),
      },
    });
  });

  test.each([0n, 1_700_000_000_123_456_789n, 2n ** 63n - 1n, -(2n ** 63n)])(
    "keeps the time %d exact",
    (modTime) => {
      expect(decodeSenderPacket(encode({ stat: { modTime } }))).toMatchObject({
        stat: { modTimeNs: modTime },
      });
    },
  );

  test("tells the packets apart", () => {
    expect(decodeSenderPacket(new Uint8Array())).toEqual({ type: "stat", stat: undefined });
    expect(decodeSenderPacket(encode({ type: Packet_PacketType.PACKET_DATA, id: 300 }))).toEqual({
      type: "data",
      id: 300,
      data: new Uint8Array(),
    });
    expect(decodeSenderPacket(encode({ type: Packet_PacketType.PACKET_FIN }))).toEqual({ type: "fin" });
    expect(
      decodeSenderPacket(encode({ type: Packet_PacketType.PACKET_ERR, data: Buffer.from("\xff", "latin1") })),
    ).toEqual({ type: "err", message: "\xff" });
    expect(decodeSenderPacket(encode({ type: 9 as Packet_PacketType }))).toEqual({ type: "other" });
  });

  test.each([
    ["a length beyond the end", [0x22, 5, 1]],
    ["a description beyond the end", [0x12, 3, 0x0a, 9, 1]],
    ["a number that does not end", [0x08, 0xff, 0xff]],
    ["a wire type that does not exist", [0x0f]],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeSenderPacket(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: "BK_PROTOCOL" }),
    );
  });
});

test.each([0, 1, 127, 128, 2 ** 32 - 1])("encodeReqPacket(%i) asks for that id", (id) => {
  expect(fromBinary(PacketSchema, encodeReqPacket(id))).toMatchObject({
    type: Packet_PacketType.PACKET_REQ,
    id,
  });
});
