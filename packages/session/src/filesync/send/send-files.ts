// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { createFrameWriter, type FrameWriter, listenAbort } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { readMessages } from "../../message-stream.js";
import {
  decodeReceiverPacket,
  END_OF_STATS,
  encodedStatLength,
  encodeErrPacket,
  encodeFinPacket,
  statPacketLength,
  writeStatPacket,
} from "../packet.js";
import type { SyncPatterns, SyncSource } from "../source/source.js";
import type { FileStat } from "../source/stat.js";
import { createWakeUp } from "../wake-up.js";
import { sendContents } from "./send-contents.js";
import { createSendState, type SendState } from "./send-state.js";

/** The receiver sends short requests only. */
const MAX_PACKET_BYTES = 1 << 20;

export interface SendOptions {
  /** Carries packets both ways, as gRPC messages. Left open. */
  readonly stream: Duplex;
  readonly source: SyncSource;
  readonly patterns: SyncPatterns;
  /** Sends every entry as owned by root, as build contexts are. */
  readonly resetOwner: boolean;
  readonly signal: AbortSignal;
}

/**
 * Sends a directory: describes every entry, then the contents of those that the receiver asks for, until it says
 * that it has all it wants. Descriptions and contents overlap.
 *
 * @throws {SessionError} what the source or the receiver failed with; the receiver is told first. `signal.reason`.
 */
export async function sendFiles({
  stream,
  source,
  patterns,
  resetOwner,
  signal,
}: SendOptions): Promise<void> {
  const stop = new AbortController();
  const stopListening = listenAbort(signal, (reason) => stop.abort(reason));
  const writer = createFrameWriter(stream);
  const state = createSendState();
  const requests = createWakeUp();
  const receiving = receivePackets(stream, state, requests.wake, stop.signal);
  const sending = [
    describe(source, patterns, { writer, state, resetOwner, signal: stop.signal }),
    sendContents({ source, state, writer, requests, signal: stop.signal }),
  ];
  try {
    await Promise.race([Promise.all(sending), receiving.then(() => Promise.all(sending))]);
    writer.write(encodeFinPacket());
    writer.flush();
  } catch (error) {
    if (!signal.aborted) reportError(writer, error);
    throw error;
  } finally {
    stopListening();
    stop.abort(new Error("The transfer has ended"));
    requests.wake();
    await Promise.allSettled([receiving, ...sending]);
  }
}

async function receivePackets(
  stream: Duplex,
  state: SendState,
  onPacket: () => void,
  signal: AbortSignal,
): Promise<void> {
  await readMessages(stream, {
    maxBytes: MAX_PACKET_BYTES,
    signal,
    onMessage(message) {
      state.receive(decodeReceiverPacket(message));
      onPacket();
    },
  });
  if (!state.finished) throw endedEarly();
}

interface DescribeTarget {
  readonly writer: FrameWriter;
  readonly state: SendState;
  readonly resetOwner: boolean;
  readonly signal: AbortSignal;
}

async function describe(source: SyncSource, patterns: SyncPatterns, target: DescribeTarget): Promise<void> {
  const { writer, state, resetOwner, signal } = target;
  const filter = await source.resolveFilter(patterns, { signal });
  for await (const batch of source.walk(filter, { signal })) {
    for (const stat of batch) {
      state.describe(stat);
      writeStat(writer, stat, resetOwner);
    }
    if (writer.full) await writer.drain();
  }
  writer.write(END_OF_STATS);
}

function writeStat(writer: FrameWriter, stat: FileStat, resetOwner: boolean): void {
  const uid = resetOwner ? 0 : stat.uid;
  const gid = resetOwner ? 0 : stat.gid;
  const length = encodedStatLength(stat, uid, gid);
  const { buffer, offset } = writer.reserve(statPacketLength(length));
  writeStatPacket({ target: buffer, offset, stat, uid, gid, length });
}

/** The daemon shows the text as the reason why the transfer ended. */
function reportError(writer: FrameWriter, error: unknown): void {
  writer.write(encodeErrPacket(error instanceof Error ? error.message : String(error)));
  writer.flush();
}

function endedEarly(): SessionError {
  return new SessionError(
    "BK_PROTOCOL",
    "The daemon ended the file transfer before it said that it was done",
  );
}
