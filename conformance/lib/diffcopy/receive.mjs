// SPDX-License-Identifier: Apache-2.0
import { createMemoryTarget, isRegularFile, KEEP_ALL, receiveFiles } from "@bk/session/filesync";
import { duplexPair } from "./duplex-pair.mjs";
import { readPacket } from "./packet.mjs";
import { openPeer } from "./peer.mjs";
import { createNodes } from "./row-tree.mjs";

/**
 * @typedef {object} ReceiverRun
 * @property {readonly import("./packet.mjs").Packet[]} sent
 * @property {Promise<unknown>} outcome
 * @property {import("@bk/session/filesync").MemoryTarget} target
 */

/**
 * Runs the receiver alone, against packets in the order of the script.
 *
 * @returns {Promise<ReceiverRun>}
 */
export async function runReceiveScript({ in: packets, eof }) {
  const run = startReceiver([], false);
  for (const { hex } of packets) await run.peer.send(hex);
  return finish(run, eof);
}

/**
 * Runs the receiver of an export against a sender that answers it: all descriptions first, then the contents of
 * each file when it is asked for.
 *
 * @param {any} vector
 * @param {readonly { hex: string }[]} packets all that the reference sent
 * @returns {Promise<ReceiverRun>}
 */
export async function runExport({ receiver, dest = [] }, packets) {
  const known = ["export", "export-delete"];
  if (!known.includes(receiver)) throw new Error(`the runner does not know the receiver ${receiver}`);
  const run = startReceiver(dest, receiver === "export-delete");
  const sent = packets.map(({ hex }) => ({ hex, packet: readPacket(Buffer.from(hex, "hex")) }));
  const { peer } = run;
  for (const { hex, packet } of sent) if (packet.type === "STAT") await peer.send(hex);
  await peer.idle();
  for (let answered = 0; answered < peer.received.length; answered += 1) {
    const { type, id } = peer.received[answered];
    const answer = sent.filter(
      ({ packet }) => packet.type === (type === "REQ" ? "DATA" : "FIN") && packet.id === id,
    );
    for (const { hex } of answer) await peer.send(hex);
    await peer.idle();
  }
  return finish(run, true);
}

function startReceiver(dest, deletes) {
  const [ours, theirs] = duplexPair();
  const existing = [...createNodes(dest)].map(([path, { stat, content }]) => ({
    stat: { ...stat, path },
    content: isRegularFile(stat) ? content : undefined,
  }));
  const target = createMemoryTarget({ policy: KEEP_ALL, existing, delete: deletes });
  const stop = new AbortController();
  const outcome = receiveFiles({ stream: ours, target, signal: stop.signal });
  outcome.catch(() => {}); // the caller looks at it
  return { peer: openPeer(theirs), target, stop, outcome };
}

async function finish({ peer, target, stop, outcome }, eof) {
  if (eof) await peer.end();
  await peer.idle();
  stop.abort(new Error("context canceled"));
  await outcome.catch(() => {});
  await peer.idle();
  return { sent: peer.received, outcome, target };
}
