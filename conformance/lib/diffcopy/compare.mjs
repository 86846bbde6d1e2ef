// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { expectEqual } from "../expect.mjs";
import { readPacket } from "./packet.mjs";

/**
 * Compares what one side sent with what the reference sent. The data of a file may be cut otherwise, and files
 * may be asked for and answered in another order.
 *
 * @param {readonly import("./packet.mjs").Packet[]} got
 * @param {readonly { hex: string }[]} want
 */
export function expectPackets(got, want) {
  const ours = summarize(got);
  const theirs = summarize(want.map(({ hex }) => readPacket(Buffer.from(hex, "hex"))));
  for (const what of Object.keys(theirs)) expectEqual(what, ours[what], theirs[what]);
}

function summarize(packets) {
  const ofType = (type) => packets.filter((packet) => packet.type === type);
  return {
    stats: ofType("STAT").map(({ stat }) => stat),
    requests: ofType("REQ")
      .map(({ id }) => id)
      .sort((a, b) => a - b),
    contents: contentsById(ofType("DATA")),
    // In which order they end is part of the protocol.
    end: packets
      .filter(({ type }) => type === "FIN" || type === "ERR")
      .map(({ type, data }) => [type, data.toString()]),
  };
}

/** Length, digest and number of end marks of each file. */
function contentsById(packets) {
  const files = new Map();
  for (const { id, data } of packets) {
    const file = files.get(id) ?? { pieces: [], ends: 0 };
    files.set(id, file);
    if (data.length === 0) file.ends += 1;
    else file.pieces.push(data);
  }
  return [...files]
    .sort(([a], [b]) => a - b)
    .map(([id, { pieces, ends }]) => {
      const content = Buffer.concat(pieces);
      return { id, ends, length: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    });
}
