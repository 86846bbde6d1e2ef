// SPDX-License-Identifier: Apache-2.0
import { createTreeSource, sendFiles } from "@bk/session/filesync";
import { bytesOfAll } from "../bytes.mjs";
import { duplexPair } from "./duplex-pair.mjs";
import { openPeer } from "./peer.mjs";
import { createRowTree } from "./row-tree.mjs";

/**
 * Runs the sender alone, against the receiver's packets of a vector.
 *
 * @param {any} vector
 * @param {{ packets: readonly { hex: string }[], eof: boolean }} script
 * @returns {Promise<{ sent: readonly import("./packet.mjs").Packet[], outcome: Promise<void> }>}
 */
export async function runSender(vector, { packets, eof }) {
  const [ours, theirs] = duplexPair();
  const peer = openPeer(theirs);
  const stop = new AbortController();
  const outcome = sendFiles({
    stream: ours,
    source: createTreeSource(createRowTree(vector.source)),
    patterns: {
      includePatterns: bytesOfAll(vector.include),
      excludePatterns: bytesOfAll(vector.exclude),
      followPaths: bytesOfAll(vector.followpaths),
    },
    resetOwner: vector.reset_owner === true,
    signal: stop.signal,
  });
  outcome.catch(() => {}); // the caller looks at it
  for (const { hex } of packets) await peer.send(hex);
  if (eof) await peer.end();
  await peer.idle();
  stop.abort(new Error("context canceled"));
  await outcome.catch(() => {});
  await peer.idle();
  return { sent: peer.received, outcome };
}
