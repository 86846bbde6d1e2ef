// SPDX-License-Identifier: Apache-2.0
import { type ByteString, fromByteString } from "../byte-string.js";
import { goQuote } from "../go-quote.js";
import { type FileStat, isDirectory, isRegularFile, isSymlink, MODE } from "../source/stat.js";
import { encodedXattrsLength } from "../xattrs.js";
import { createEntryOrder, type PathLimits, refuse } from "./entry-order.js";

/** What a transfer may take at most. Beyond, it is refused. */
export interface ReceiveLimits extends PathLimits {
  readonly entries: number;
  /** Of all files together. */
  readonly totalBytes: number;
  /** Of all paths, link targets and extended attributes together, which are held in memory. */
  readonly metadataBytes: number;
}

export const DEFAULT_LIMITS: ReceiveLimits = {
  entries: 4_000_000,
  pathBytes: 4095,
  nameBytes: 255,
  totalBytes: 2 ** 40,
  metadataBytes: 2 ** 29,
};

/** Enough to keep a sender busy over a slow line, and so few bytes that it can never refuse to take them. */
const MAX_REQUESTED = 512;
/** The reference sends 4 files at a time. Each one that has begun holds memory here. */
const MAX_BEGUN = 64;

export type EntryKind = "directory" | "symlink" | "special" | "hardlink" | "file";

/** A file whose contents are on their way. */
export interface RequestedFile {
  readonly id: number;
  readonly stat: FileStat;
}

/**
 * The receiver's side of a transfer, without I/O. Entries get ids in the order in which they are described; the
 * receiver asks for the contents of regular files by id.
 *
 * Must match the daemon: tonistiigi/fsutil receive.go and hardlinks.go, whose texts the errors have. What the
 * sender must never do is `BK_PROTOCOL`.
 */
export interface ReceiveState {
  /** Takes the description of an entry, and queues it for a request if it has contents. */
  describe(stat: FileStat): EntryKind;
  endOfStats(): void;
  /** The next file to ask for, if any may be asked for now. */
  nextRequest(): RequestedFile | undefined;
  /** Takes some bytes of a file that was asked for. */
  data(id: number, length: number): RequestedFile;
  /** Takes the end of a file that was asked for. */
  endOfFile(id: number): RequestedFile;
  /** Whether everything has been described, and all contents have come. */
  readonly complete: boolean;
  /** Takes the sender's word that it is done. */
  finish(): void;
  readonly files: number;
  readonly bytes: number;
}

interface Transfer extends RequestedFile {
  received: number;
}

export function createReceiveState(limits: ReceiveLimits): ReceiveState {
  const checkOrder = createEntryOrder(limits);
  const regularFiles = new Set<ByteString>();
  const requested = new Map<number, Transfer>();
  let waiting: Transfer[] = [];
  let head = 0;
  let nextId = 0;
  let described = false;
  let begun = 0;
  let announcedBytes = 0;
  let metadataBytes = 0;
  let bytes = 0;

  function enqueue(stat: FileStat): void {
    if (!(stat.size >= 0)) throw refuse(`invalid size ${stat.size} of ${fromByteString(stat.path)}`);
    announcedBytes += stat.size;
    if (announcedBytes > limits.totalBytes) throw refuse(`more than ${limits.totalBytes} bytes`);
    regularFiles.add(stat.path);
    waiting.push({ id: nextId, stat, received: 0 });
  }

  function checkLink({ path, linkname }: FileStat): void {
    if (regularFiles.has(linkname)) return;
    throw refuse(`invalid link ${fromByteString(path)} to unknown path: ${goQuote(linkname)}`);
  }

  function lookUp(id: number): Transfer {
    const transfer = requested.get(id);
    if (!transfer) throw refuse(`invalid file request ${id}`);
    return transfer;
  }

  return {
    describe(stat) {
      if (described)
        throw refuse(`${fromByteString(stat.path)} was described after the end of the descriptions`);
      if (nextId >= limits.entries) throw refuse(`more than ${limits.entries} entries`);
      checkOrder(stat);
      if (stat.linkname.length > limits.pathBytes) {
        throw refuse(`the link target of ${fromByteString(stat.path)} is too long`);
      }
      metadataBytes += stat.path.length + stat.linkname.length + encodedXattrsLength(stat.xattrs);
      if (metadataBytes > limits.metadataBytes)
        throw refuse(`more than ${limits.metadataBytes} bytes of paths and extended attributes`);
      const kind = kindOf(stat);
      if (kind === "hardlink") checkLink(stat);
      else if (kind === "file") enqueue(stat);
      nextId++;
      return kind;
    },
    endOfStats() {
      if (described) throw refuse("the descriptions ended twice");
      described = true;
    },
    nextRequest() {
      const file = waiting[head];
      if (!file || requested.size >= MAX_REQUESTED) return undefined;
      head++;
      if (head === waiting.length) {
        waiting = [];
        head = 0;
      }
      requested.set(file.id, file);
      return file;
    },
    data(id, length) {
      const transfer = lookUp(id);
      if (transfer.received === 0 && ++begun > MAX_BEGUN)
        throw refuse(`more than ${MAX_BEGUN} files at a time`);
      transfer.received += length;
      bytes += length;
      if (transfer.received > transfer.stat.size) throw sizeMismatch(transfer, "more");
      return transfer;
    },
    endOfFile(id) {
      const transfer = lookUp(id);
      if (transfer.received < transfer.stat.size) throw sizeMismatch(transfer, "less");
      if (transfer.received > 0) begun--;
      requested.delete(id);
      return transfer;
    },
    get complete() {
      return described && requested.size === 0 && head === waiting.length;
    },
    finish() {
      if (!this.complete) throw refuse("the sender said that it was done before it was");
    },
    get files() {
      return regularFiles.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Must match the daemon, which looks at the bits in this order when several of them are set. */
function kindOf(stat: FileStat): EntryKind {
  if (isDirectory(stat)) return "directory";
  if (stat.mode & (MODE.device | MODE.namedPipe)) return "special";
  if (isSymlink(stat)) return "symlink";
  if (stat.linkname !== "") return "hardlink";
  if (isRegularFile(stat)) return "file";
  throw refuse(`invalid file request ${fromByteString(stat.path)}`);
}

function sizeMismatch({ stat, received }: Transfer, than: "more" | "less"): Error {
  return refuse(
    `${than} data of ${fromByteString(stat.path)} than described: ${received} of ${stat.size} bytes`,
  );
}
