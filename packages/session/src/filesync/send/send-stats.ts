// SPDX-License-Identifier: Apache-2.0
import { type FrameWriter, raceAbort } from "@bk/transport";
import { END_OF_STATS, encodedStatLength, statPacketLength, writeStatPacket } from "../packet.js";
import type { ReadOptions, SyncPatterns, SyncSource } from "../source/source.js";
import type { FileStat } from "../source/stat.js";
import { countSkipped, type SendCounts } from "./send-progress.js";
import type { SendState } from "./send-state.js";

export interface StatsOptions {
  readonly source: SyncSource;
  readonly patterns: SyncPatterns;
  readonly resetOwner: boolean;
  readonly onUnreadable: "error" | "skip";
  readonly state: SendState;
  readonly counts: SendCounts;
  readonly writer: FrameWriter;
  readonly signal: AbortSignal;
}

/** Describes every entry that passes the patterns, and says that these were all. */
export async function sendStats(options: StatsOptions): Promise<void> {
  const { source, patterns, resetOwner, onUnreadable, state, counts, writer, signal } = options;
  const reading: ReadOptions =
    onUnreadable === "skip" ? { signal, onSkip: (entry) => countSkipped(counts, entry) } : { signal };
  const filter = await source.resolveFilter(patterns, reading);
  for await (const batch of source.walk(filter, reading)) {
    for (const stat of batch) {
      state.describe(stat);
      writeStat(writer, stat, resetOwner);
    }
    if (writer.full) await raceAbort(writer.drain(), signal);
  }
  counts.scanned = true;
  writer.write(END_OF_STATS);
}

function writeStat(writer: FrameWriter, stat: FileStat, resetOwner: boolean): void {
  const uid = resetOwner ? 0 : stat.uid;
  const gid = resetOwner ? 0 : stat.gid;
  const length = encodedStatLength(stat, uid, gid);
  const { buffer, offset } = writer.reserve(statPacketLength(length));
  writeStatPacket({ target: buffer, offset, stat, uid, gid, length });
}
