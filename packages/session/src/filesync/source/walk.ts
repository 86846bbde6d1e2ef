// SPDX-License-Identifier: Apache-2.0
import { type ByteString, fromByteString } from "../byte-string.js";
import { type FileTree, isDenied, isGone, reasonOf, type TreeEntry, unreadable } from "./file-tree.js";
import { type DirectoryMatch, judgeDirectory, keepsFile, ROOT_MATCH, type SyncFilter } from "./filter.js";
import { createHardLinks, type HardLinks } from "./hardlinks.js";
import type { ReadOptions } from "./source.js";
import { type FileStat, isDirectory, isRegularFile } from "./stat.js";
import { createTimeSlice } from "./time-slice.js";

/** What one walk goes by. */
interface Walk {
  readonly tree: FileTree;
  readonly filter: SyncFilter;
  readonly links: HardLinks;
  readonly onSkip: ReadOptions["onSkip"];
}

/** A directory that is being walked. */
interface OpenDirectory {
  readonly path: ByteString;
  readonly parent: OpenDirectory | undefined;
  readonly match: DirectoryMatch;
  /** Sorted by bytes. */
  entries: readonly TreeEntry[];
  /** How many of `entries` were walked. */
  walked: number;
  /** The directory itself has been sent, so that what it holds can be. */
  sent: boolean;
}

/**
 * Walks a tree in the order of the wire. Directories are read when they are reached, and never when nothing
 * below them can pass the filter. An entry that disappears meanwhile is left out, and only that entry.
 *
 * @throws {SessionError} as `SyncSource.walk` does
 */
export async function* walkTree(
  tree: FileTree,
  filter: SyncFilter,
  { signal, onSkip }: ReadOptions = {},
): AsyncGenerator<readonly FileStat[], void, undefined> {
  signal?.throwIfAborted();
  const walk: Walk = { tree, filter, links: createHardLinks(), onSkip };
  const slice = createTimeSlice();
  let directory: OpenDirectory | undefined = openRoot(tree);
  let batch: FileStat[] = [];
  while (directory) {
    try {
      directory = walkEntry(walk, directory, batch);
    } catch (error) {
      // Must match fsutil: what was found before has been told.
      if (batch.length > 0) yield batch;
      throw error;
    }
    if (!slice.spent()) continue;
    if (batch.length > 0) yield batch;
    batch = [];
    await slice.next();
    signal?.throwIfAborted();
  }
  if (batch.length > 0) yield batch;
}

/** Walks one entry, appends what it adds to `sent`, and returns the directory to go on with. */
function walkEntry(walk: Walk, directory: OpenDirectory, sent: FileStat[]): OpenDirectory | undefined {
  const entry = directory.entries[directory.walked++];
  if (!entry) return directory.parent;
  const path = directory.parent ? `${directory.path}/${entry.name}` : entry.name;
  if (!entry.isDirectory()) {
    if (keepsFile(walk.filter, path, directory.match) && sendDirectory(walk, directory, sent)) {
      const stat = statEntry(walk, path);
      if (stat) sent.push(stat);
    }
    return directory;
  }
  const { keep, descend, match } = judgeDirectory(walk.filter, path, directory.match);
  if (!descend) return directory;
  const child: OpenDirectory = { path, parent: directory, match, entries: [], walked: 0, sent: false };
  const entries = readEntries(walk, path, keep);
  if (!entries || (keep && !sendDirectory(walk, child, sent))) return directory;
  child.entries = entries;
  return child;
}

/**
 * Sends a directory, after those above it, unless that was done before. False if one of them is gone, skipped, or
 * no directory any more; then it is done with.
 */
function sendDirectory(walk: Walk, directory: OpenDirectory, sent: FileStat[]): boolean {
  if (directory.sent) return true;
  const reached = !directory.parent || sendDirectory(walk, directory.parent, sent);
  const stat = reached ? statEntry(walk, directory.path) : undefined;
  if (stat && isDirectory(stat)) {
    sent.push(stat);
    directory.sent = true;
  } else {
    directory.walked = directory.entries.length;
  }
  return directory.sent;
}

/** Nothing for an entry that has gone, or that is skipped. */
function statEntry(walk: Walk, path: ByteString): FileStat | undefined {
  const { tree, links, onSkip } = walk;
  try {
    const stat = tree.stat(path, links);
    // Files are opened when they are asked for, which is too late to leave one out.
    if (onSkip && stat && stat.size > 0 && isRegularFile(stat)) tree.checkReadable(path);
    return stat;
  } catch (cause) {
    if (!isGone(cause)) skip(walk, path, cause);
    return undefined;
  }
}

/** Leaves an entry out that may not be read, if that is wanted. */
function skip({ tree, onSkip }: Walk, path: ByteString, cause: unknown): void {
  if (!onSkip || !isDenied(cause)) throw unreadable(tree, path, cause);
  onSkip({ path: fromByteString(path), reason: reasonOf(cause) });
}

function openRoot(tree: FileTree): OpenDirectory {
  try {
    const entries = sortEntries(tree.readDirectory(""));
    return { path: "", parent: undefined, match: ROOT_MATCH, entries, walked: 0, sent: true };
  } catch (cause) {
    throw unreadable(tree, "", cause);
  }
}

/** Nothing for a directory that has gone, is skipped, or is not sent itself and may not be read. */
function readEntries(walk: Walk, path: ByteString, kept: boolean): readonly TreeEntry[] | undefined {
  try {
    return sortEntries(walk.tree.readDirectory(path));
  } catch (cause) {
    if (!isGone(cause) && (kept || !isDenied(cause))) skip(walk, path, cause);
    return undefined;
  }
}

function sortEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
