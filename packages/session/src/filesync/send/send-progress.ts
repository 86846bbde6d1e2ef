// SPDX-License-Identifier: Apache-2.0
import type { SkippedEntry } from "../source/source.js";

/** How far a transfer is. */
export interface SendProgress {
  /** Entries of any kind that were described to the receiver so far. */
  readonly entries: number;
  /** Regular files among them; the further names of a hard-linked file are not counted. */
  readonly files: number;
  /** All entries have been described: `entries` and `files` are what they stay. */
  readonly scanned: boolean;
  /** Bytes of file contents handed to the stream. */
  readonly bytes: number;
  /** Files whose contents were sent whole. */
  readonly filesSent: number;
  /** Files that the receiver had already. Known at the end; 0 until then. */
  readonly filesUnchanged: number;
  /** `bytes` per second since the transfer began. */
  readonly bytesPerSecond: number;
  /** Entries left out because they may not be read, with `onUnreadable: "skip"`. */
  readonly entriesSkipped: number;
  /** The first 100 of those. */
  readonly skipped: readonly SkippedEntry[];
  /** The transfer is complete, and this is the last report. A transfer that fails has none. */
  readonly done: boolean;
}

/** What a transfer counts while it runs. */
export interface SendCounts {
  entries: number;
  files: number;
  scanned: boolean;
  bytes: number;
  filesSent: number;
  entriesSkipped: number;
  readonly skipped: SkippedEntry[];
}

export function createSendCounts(): SendCounts {
  return { entries: 0, files: 0, scanned: false, bytes: 0, filesSent: 0, entriesSkipped: 0, skipped: [] };
}

/** A context may hold any number of entries that may not be read; nobody reads a list of them all. */
const MAX_SKIPPED_LISTED = 100;

export function countSkipped(counts: SendCounts, entry: SkippedEntry): void {
  counts.entriesSkipped++;
  if (counts.skipped.length < MAX_SKIPPED_LISTED) counts.skipped.push(entry);
}

const REPORT_EVERY_MS = 100;

/** Reports until it is disposed of. */
export interface ProgressReports extends Disposable {
  /** The last report. What `onProgress` throws is thrown. */
  end(): void;
}

/** Looks at the counts every 100 ms, so that counting costs nothing but the counting. */
export function startReports(
  counts: SendCounts,
  onProgress: (progress: SendProgress) => void,
  onError: (error: unknown) => void,
): ProgressReports {
  const start = performance.now();
  const report = (done: boolean) => onProgress(toProgress(counts, performance.now() - start, done));
  const timer = setInterval(() => {
    try {
      report(false);
    } catch (error) {
      onError(error);
    }
  }, REPORT_EVERY_MS);
  return { end: () => report(true), [Symbol.dispose]: () => clearInterval(timer) };
}

function toProgress(counts: SendCounts, elapsedMs: number, done: boolean): SendProgress {
  return {
    ...counts,
    skipped: [...counts.skipped],
    filesUnchanged: done ? counts.files - counts.filesSent : 0,
    bytesPerSecond: elapsedMs > 0 ? Math.round((counts.bytes / elapsedMs) * 1000) : 0,
    done,
  };
}
