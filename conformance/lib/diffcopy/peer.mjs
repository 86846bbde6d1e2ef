// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from "node:timers/promises";
import { createFrameReader } from "@bk/transport";
import { readPacket } from "./packet.mjs";

const MAX_PACKET_BYTES = 16 << 20;
/** A side in memory that has sent nothing for so many turns of the event loop waits for something. */
const QUIET_TURNS = 12;

/**
 * The other side of a transfer, which does what a script says.
 *
 * @param {import("node:stream").Duplex} stream
 */
export function openPeer(stream) {
  /** @type {import("./packet.mjs").Packet[]} */
  const received = [];
  const reader = createFrameReader({
    maxBytes: MAX_PACKET_BYTES,
    onMessage: (bytes) => received.push(readPacket(bytes)),
  });
  stream.on("data", (chunk) => reader.push(chunk)).on("error", () => {});
  return {
    /** Every packet that the side under test has sent. */
    received,
    /** Sends a packet, given as hex, once the side under test waits for one. */
    async send(hex) {
      await this.idle();
      const packet = Buffer.from(hex, "hex");
      const head = Buffer.alloc(5);
      head.writeUInt32BE(packet.length, 1);
      stream.write(Buffer.concat([head, packet]));
    },
    async end() {
      await this.idle();
      stream.end();
    },
    async idle() {
      let seen = received.length;
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
        await nextTurn();
        if (received.length !== seen) quiet = 0;
        seen = received.length;
      }
    },
  };
}
