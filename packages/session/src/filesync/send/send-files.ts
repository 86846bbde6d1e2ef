// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { createFrameWriter, type FrameWriter, listenAbort } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { readMessages } from "../../message-stream.js";
import { decodeReceiverPacket, encodeErrPacket, encodeFinPacket } from "../packet.js";
import type { SyncPatterns, SyncSource } from "../source/source.js";
import { createWakeUp } from "../wake-up.js";
import { sendContents } from "./send-contents.js";
import { createSendCounts, type SendProgress, startReports } from "./send-progress.js";
import { createSendState, type SendState } from "./send-state.js";
import { sendStats } from "./send-stats.js";

/** The receiver sends short requests only. */
const MAX_PACKET_BYTES = 1 << 20;

export interface SendOptions {
  /** Carries packets both ways, as gRPC messages. Left open. */
  readonly stream: Duplex;
  readonly source: SyncSource;
  readonly patterns: SyncPatterns;
  /** Sends every entry as owned by root, as build contexts are. */
  readonly resetOwner: boolean;
  /**
   * What to do about an entry that the system does not let this process read. `skip` leaves it out and counts it
   * in the progress, at the price of one more look at each file. A file that may no longer be read once it was
   * described fails the transfer either way, as does one that changes or vanishes. Default `error`.
   */
  readonly onUnreadable?: "error" | "skip" | undefined;
  /** Called every 100 ms, and once more at the end. What it throws fails the transfer. */
  readonly onProgress?: ((progress: SendProgress) => void) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends a directory: describes every entry, then the contents of those that the receiver asks for, until it says
 * that it has all it wants. Descriptions and contents overlap. A failure is reported at once, even if the receiver
 * has stopped reading; the receiver is told of what fails on this side only.
 *
 * Must match the daemon: tonistiigi/fsutil send.go, also in the texts of `BK_PROTOCOL`. Unlike it, this fails for
 * a file that cannot be read or is not as it was described.
 *
 * @throws {SessionError} what the source failed with; `BK_PROTOCOL` for what the receiver did. `signal.reason`.
 */
export async function sendFiles(options: SendOptions): Promise<void> {
  const { stream, source, patterns, resetOwner, onUnreadable = "error", onProgress } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const stopListening = listenAbort(options.signal, (reason) => stop.abort(reason));
  const writer = createFrameWriter(stream);
  const counts = createSendCounts();
  const state = createSendState(counts);
  const requests = createWakeUp();
  using reports = onProgress && startReports(counts, onProgress, (error) => stop.abort(error));
  const receiving = receivePackets(stream, state, requests.wake, signal);
  const sending = Promise.all([
    sendStats({ source, patterns, resetOwner, onUnreadable, state, counts, writer, signal }),
    sendContents({ source, state, counts, writer, requests, signal }),
  ]).catch((error: unknown) => {
    if (!signal.aborted) reportError(writer, error);
    throw error;
  });
  try {
    // Whatever is still under way when this is decided ends on its own, since `stop` tells it to.
    await Promise.race([sending, receiving.then(() => sending)]);
    writer.write(encodeFinPacket());
    writer.flush();
    reports?.end();
  } finally {
    stopListening();
    stop.abort(new Error("The transfer has ended"));
    requests.wake();
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
  if (!state.finished) throw new SessionError("BK_PROTOCOL", "EOF");
}

/** The daemon shows the text as the reason why the transfer ended. */
function reportError(writer: FrameWriter, error: unknown): void {
  writer.write(encodeErrPacket(error instanceof Error ? error.message : String(error)));
  writer.flush();
}
