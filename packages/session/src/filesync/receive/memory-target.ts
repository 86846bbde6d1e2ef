// SPDX-License-Identifier: Apache-2.0
import { type ByteString, fromByteString } from "../byte-string.js";
import { type FileStat, isDirectory, MODE } from "../source/stat.js";
import { emptySource } from "./export-error.js";
import { KEEP_ALL, type OmittedEntry, type ReceivePolicy, type Target, type TargetFile } from "./target.js";

/** An entry in memory. */
export interface MemoryFile {
  /** As it was received, with what the policy drops taken off. */
  readonly stat: FileStat;
  /** Of regular files; names of one file share it. */
  readonly content?: Buffer | undefined;
}

export interface MemoryTargetOptions {
  /** Default: everything is kept, since nothing in memory can do harm. */
  readonly policy?: ReceivePolicy | undefined;
  /** What was there before. */
  readonly existing?: Iterable<MemoryFile> | undefined;
  /** Removes what was not received. */
  readonly delete?: boolean | undefined;
}

export interface MemoryTarget extends Target {
  /** What is there, in the order of arrival behind what was there before. */
  entries(): readonly MemoryFile[];
}

/** Receives a directory into memory, for tests, and for results that are small. */
export function createMemoryTarget(options: MemoryTargetOptions = {}): MemoryTarget {
  const { policy = KEEP_ALL, existing = [], delete: deletes = false } = options;
  const entries = new Map<ByteString, MemoryFile>();
  for (const entry of existing) entries.set(entry.stat.path, entry);
  const received = new Set<ByteString>();
  const skipped: OmittedEntry[] = [];

  function place(stat: FileStat, content?: Buffer): void {
    const { path } = stat;
    const old = entries.get(path);
    if (old && isDirectory(old.stat) && !isDirectory(stat)) removeBelow(entries, path);
    const setId = stat.mode & (MODE.setuid | MODE.setgid);
    const drops = setId !== 0 && policy.setId === "drop";
    if (drops) skipped.push({ path: fromByteString(path), why: "set-id" });
    entries.delete(path);
    entries.set(path, { stat: drops ? { ...stat, mode: (stat.mode & ~setId) >>> 0 } : stat, content });
    received.add(path);
  }

  return {
    deletes,
    skipped,
    entries: () => [...entries.values()],
    async begin() {},
    addDirectory: (stat) => place(stat),
    addSymlink: (stat) => place(stat),
    addSpecial(stat) {
      if (policy.devices === "keep") place(stat);
      else
        skipped.push({
          path: fromByteString(stat.path),
          why: stat.mode & MODE.device ? "device" : "named-pipe",
        });
    },
    addFile: (stat, content) => place(stat, Buffer.from(content)),
    openFile: (stat) => collectFile((content) => place(stat, content)),
    addHardLink: (stat) => place(stat, entries.get(stat.linkname)?.content),
    async finish() {
      if (!deletes) return;
      if (received.size === 0) throw emptySource("memory");
      for (const path of entries.keys()) if (!received.has(path)) entries.delete(path);
    },
    close() {},
  };
}

function collectFile(place: (content: Buffer) => void): TargetFile {
  const chunks: Uint8Array[] = [];
  return {
    write(chunk) {
      chunks.push(chunk);
    },
    async finish() {
      place(Buffer.concat(chunks));
    },
    async discard() {},
  };
}

function removeBelow(entries: Map<ByteString, MemoryFile>, directory: ByteString): void {
  for (const path of entries.keys()) if (path.startsWith(`${directory}/`)) entries.delete(path);
}
