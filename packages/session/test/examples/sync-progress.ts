// SPDX-License-Identifier: Apache-2.0
import { createDiskSource, createFileSync, type SyncProgress } from "@bk/session";

/** Shares what this process may read of a directory, and prints how far its transfer is. */
export function shareReadable(dir: string, print: (line: string) => void) {
  return createFileSync({
    dirs: new Map([["context", createDiskSource(dir)]]),
    onUnreadable: "skip",
    onProgress: (progress) => print(describeProgress(progress)),
  });
}

function describeProgress({ dir, files, bytes, bytesPerSecond, done, ...rest }: SyncProgress): string {
  const sent = `${dir}: ${rest.filesSent} of ${files} files sent, ${bytes} bytes`;
  if (!done) return `${sent}, ${bytesPerSecond} per second`;
  return `${sent}, ${rest.filesUnchanged} unchanged, ${rest.entriesSkipped} skipped`;
}
