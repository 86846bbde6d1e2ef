// SPDX-License-Identifier: Apache-2.0

import { type Packet, Packet_PacketType, PacketSchema, type Stat } from "@bk/proto/fsutil";
import { fromBinary } from "@bufbuild/protobuf";

import type { SessionPeer } from "./session-peer.js";

// Bits of Go's os.FileMode that make an entry something else than a regular file.
const MODE_TYPE = ((1 << 31) | (1 << 27) | (1 << 26) | (1 << 25) | (1 << 24) | (1 << 21) | (1 << 19)) >>> 0;

export interface ReceivedEntry {
  readonly stat: Stat;
  /** The content, of regular files only. */
  readonly data?: Buffer | undefined;
}

export interface TreeRequest {
  /** Which of the session's directories: "context", "dockerfile", ... */
  readonly dirName: string;
  readonly includePatterns?: readonly string[] | undefined;
  readonly excludePatterns?: readonly string[] | undefined;
  readonly followPaths?: readonly string[] | undefined;
}

/**
 * Takes a directory from a session as the daemon does: asks for every regular file, and says FIN when it has
 * all. Rejects with the text of an ERR packet.
 *
 * @returns by path, in the order of arrival
 */
export async function receiveTree(
  peer: SessionPeer,
  request: TreeRequest,
): Promise<Map<string, ReceivedEntry>> {
  const call = peer.call("/moby.filesync.v1.FileSync/DiffCopy", {
    "dir-name": request.dirName,
    ...(request.includePatterns && { "include-patterns": [...request.includePatterns] }),
    ...(request.excludePatterns && { "exclude-patterns": [...request.excludePatterns] }),
    ...(request.followPaths && { followpaths: [...request.followPaths] }),
  });
  const stats: Stat[] = [];
  const contents = new Map<number, Buffer[]>();
  let listed = false;
  let pending = 0;
  const finishWhenDone = (): void => {
    if (listed && pending === 0) call.send(PacketSchema, { type: Packet_PacketType.PACKET_FIN });
  };
  const onStat = (stat: Stat | undefined): void => {
    if (stat === undefined) {
      listed = true;
      finishWhenDone();
      return;
    }
    const id = stats.push(stat) - 1;
    if ((stat.mode & MODE_TYPE) !== 0 || stat.linkname !== "") return;
    contents.set(id, []);
    pending += 1;
    call.send(PacketSchema, { type: Packet_PacketType.PACKET_REQ, id });
  };
  const onData = ({ id, data }: Packet): void => {
    if (data.length > 0) contents.get(id)?.push(Buffer.from(data));
    else {
      pending -= 1;
      finishWhenDone();
    }
  };
  for await (const bytes of call.messages) {
    const packet = fromBinary(PacketSchema, bytes);
    if (packet.type === Packet_PacketType.PACKET_STAT) onStat(packet.stat);
    else if (packet.type === Packet_PacketType.PACKET_DATA) onData(packet);
    else if (packet.type === Packet_PacketType.PACKET_ERR)
      throw new Error(Buffer.from(packet.data).toString("utf8"));
    else if (packet.type === Packet_PacketType.PACKET_FIN) call.endRequests();
  }
  const { code, message } = await call.status();
  if (code !== 0) throw new Error(message);
  return new Map(
    stats.map((stat, id) => {
      const parts = contents.get(id);
      return [stat.path, { stat, ...(parts && { data: Buffer.concat(parts) }) }];
    }),
  );
}
