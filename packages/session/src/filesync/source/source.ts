// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { ByteString } from "../byte-string.js";
import type { FilterLists, SyncFilter } from "./filter.js";
import type { FileStat } from "./stat.js";

/** What the daemon asks for of a directory. */
export interface SyncPatterns extends FilterLists {
  /**
   * Paths, with wildcards, whose symbolic links are followed inside the root; they and their targets join
   * `includePatterns`. An empty list is not the same as none.
   */
  readonly followPaths?: readonly ByteString[] | undefined;
}

/** An entry that was left out. */
export interface SkippedEntry {
  /** Relative to the root. Bytes that are no UTF-8 show as U+FFFD. */
  readonly path: string;
  /** For people: `permission denied`. */
  readonly reason: string;
}

export interface ReadOptions extends AbortOptions {
  /**
   * Told of each entry that would be sent and that the system does not let this process read: it is left out, a
   * directory with all that it holds. Without it such an entry is an error. The root always is.
   */
  readonly onSkip?: ((entry: SkippedEntry) => void) | undefined;
}

/** A directory that can be synced to the daemon: on disk, or in memory. */
export interface SyncSource {
  /**
   * Compiles the patterns and follows the links.
   *
   * @throws {SessionError} `BK_PATTERN_INVALID` with the daemon's text, `BK_CONTEXT_UNREADABLE`.
   */
  resolveFilter(patterns: SyncPatterns, options?: ReadOptions): Promise<SyncFilter>;
  /**
   * What passes the filter, in the order of the wire, in batches of at most some hundred. Works in slices of
   * some milliseconds and lets the event loop turn between them; it goes no further than it is pulled.
   *
   * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, naming the path, for a directory that cannot be read
   * although it is to be sent; `BK_PATTERN_INVALID` for a pattern that fails when it is needed.
   */
  walk(filter: SyncFilter, options?: ReadOptions): AsyncGenerator<readonly FileStat[], void, undefined>;
  /**
   * Opens a regular file that a walk returned. Never blocks on what may have taken its place, and follows no link.
   *
   * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, or `BK_CONTEXT_CHANGED` when it is not as the walk saw it.
   */
  open(stat: FileStat): SourceFile;
}

/** An open file. The caller closes it. */
export interface SourceFile {
  /**
   * Reads at most `length` bytes into `target` at `offset`, without leaving the event loop: for small files.
   * Returns the number of bytes, 0 at the end. @throws {SessionError} `BK_CONTEXT_UNREADABLE`
   */
  readSync(target: Uint8Array, offset: number, length: number, position: number): number;
  /** As `readSync`, but waits elsewhere. */
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  /** @throws {SessionError} `BK_CONTEXT_CHANGED` unless size, time and inode are still those of the walk. */
  assertUnchanged(): void;
  close(): void;
}
