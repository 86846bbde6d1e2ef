// SPDX-License-Identifier: Apache-2.0

/*
 * fsutil.types.Packet as bytes. A transfer of many small files is made of packets, so the ones that this side
 * sends are written straight into the output buffer, and the ones that come are read without the protobuf
 * runtime. Fields go in number order, zero values are left out.
 *
 *   Packet { type = 1; stat = 2; ID = 3; data = 4 }
 *   Stat { path = 1; mode = 2; uid = 3; gid = 4; size = 5; modTime = 6; linkname = 7; devmajor = 8; devminor = 9 }
 */

export {
  decodeReceiverPacket,
  decodeSenderPacket,
  type ReceiverPacket,
  type SenderPacket,
} from "./packet-read.js";
export { PACKET_TYPE } from "./packet-type.js";
export {
  dataHeaderLength,
  END_OF_STATS,
  encodedStatLength,
  encodeErrPacket,
  encodeFinPacket,
  encodeReqPacket,
  type StatWrite,
  statPacketLength,
  writeDataHeader,
  writeStatPacket,
} from "./packet-write.js";
