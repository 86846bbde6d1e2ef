// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { ByteString } from "../byte-string.js";
import type { Pattern } from "../patterns/pattern.js";
import type { FileTree, TreeEntry } from "../source/file-tree.js";
import { type DirectoryMatch, ROOT_MATCH, type SyncFilter } from "../source/filter.js";
import { type FileStat, isDirectory, isHardLink, isRegularFile, isSymlink } from "../source/stat.js";
import { createTimeSlice } from "../source/time-slice.js";
import type { ContextOptions } from "./context-options.js";
import { type ContextPath, toContextPath } from "./context-path.js";
import { type Decision, decide } from "./decide.js";
import { listTree } from "./listing.js";
import { openContext } from "./open-context.js";
import type { PatternOrigin } from "./pattern-origin.js";

/** What a build would send of its context, and why. Plain data that survives JSON. */
export interface ContextExplanation {
  /** Absolute path of the ignore file that holds for the build. */
  readonly ignoreFile?: string;
  /** What may be sent, in the order of the wire: a directory is followed by what it holds. */
  readonly entries: readonly ContextEntry[];
  /** What was seen and is not sent, in the same order. */
  readonly dropped: readonly DroppedPath[];
  /** Of `entries`. A hard-linked file counts once among the files. */
  readonly total: { readonly entries: number; readonly files: number; readonly bytes: number };
}

export interface ContextEntry extends ContextPath {
  /** `hardlink`: a further name of a file before it. `other`: a named pipe or a device. */
  readonly kind: "directory" | "file" | "symlink" | "hardlink" | "other";
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** The pattern that took the path back or included it. Absent when no pattern matches. */
  readonly keptBy?: PatternOrigin;
  /** The patterns do not keep the directory: it is sent for what is kept below it. */
  readonly asParent?: true;
}

export interface DroppedPath extends ContextPath {
  readonly directory: boolean;
  /** A directory that was not read, since nothing below it can be sent: all of it is dropped. */
  readonly subtree: boolean;
  /** Absent when it is that no include pattern matches. */
  readonly droppedBy?: PatternOrigin;
}

/** A directory whose entries are being explained. */
interface OpenDirectory {
  readonly path: ByteString;
  readonly entries: readonly TreeEntry[];
  readonly match: DirectoryMatch;
  explained: number;
}

/**
 * Tells what a build would send of a directory, without a daemon: the paths with their sizes, the pattern that
 * kept or dropped each, and a total.
 *
 * This is the most that may be sent. A daemon asks only for the sources of COPY and ADD, and not for what it has
 * from an earlier build: `followPaths` narrows to the former. The Dockerfile and the ignore file are sent by
 * themselves, whatever the patterns, and are entries here only as part of the context.
 *
 * Directories that cannot hold anything to send are not read. Works in slices of some milliseconds.
 *
 * @param dir the context; a relative path is taken from the working directory
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, `BK_CONTEXT_CHANGED` of an ignore file, `BK_PATTERN_INVALID`.
 */
export async function explainContext(dir: string, options: ContextOptions = {}): Promise<ContextExplanation> {
  const { tree, filter, origins, ignoreFile } = await openContext(dir, options);
  const explanation = await explainTree(tree, filter, origins, { signal: options.signal });
  return { ...(ignoreFile && { ignoreFile: ignoreFile.path }), ...explanation };
}

/** As `explainContext`, for any tree and filter. */
export async function explainTree(
  tree: FileTree,
  filter: SyncFilter,
  origins: ReadonlyMap<Pattern, PatternOrigin>,
  { signal }: AbortOptions = {},
): Promise<ContextExplanation> {
  const { directories, sent } = await listTree(tree, filter, { signal });
  const entries: ContextEntry[] = [];
  const dropped: DroppedPath[] = [];
  const slice = createTimeSlice();
  const open: OpenDirectory[] = [openDirectory("", directories.get(""), ROOT_MATCH)];
  for (let directory = open.at(-1); directory; directory = open.at(-1)) {
    const entry = directory.entries[directory.explained++];
    if (!entry) {
      open.pop();
      continue;
    }
    const path = directory.path === "" ? entry.name : `${directory.path}/${entry.name}`;
    const below = directories.get(path);
    const decision = decide(filter, path, directory.match, below !== undefined);
    const origin = decision.by && origins.get(decision.by);
    const stat = sent.get(path);
    if (stat) entries.push(toContextEntry(stat, decision, origin));
    // What is kept and yet was not sent has gone meanwhile.
    else if (!decision.keep) dropped.push(toDroppedPath(path, entry.isDirectory(), !below, origin));
    if (below) open.push(openDirectory(path, below, decision.match));
    if (!slice.spent()) continue;
    await slice.next();
    signal?.throwIfAborted();
  }
  return { entries, dropped, total: totalOf(entries) };
}

function openDirectory(
  path: ByteString,
  entries: readonly TreeEntry[] = [],
  match: DirectoryMatch,
): OpenDirectory {
  return { path, entries, match, explained: 0 };
}

function toContextEntry(stat: FileStat, { keep }: Decision, origin: PatternOrigin | undefined): ContextEntry {
  const kind = kindOf(stat);
  return {
    ...toContextPath(stat.path),
    kind,
    size: kind === "file" ? stat.size : 0,
    ...(keep && origin && { keptBy: origin }),
    ...(!keep && { asParent: true }),
  };
}

function toDroppedPath(
  path: ByteString,
  directory: boolean,
  unread: boolean,
  origin: PatternOrigin | undefined,
): DroppedPath {
  return {
    ...toContextPath(path),
    directory,
    subtree: directory && unread,
    ...(origin && { droppedBy: origin }),
  };
}

function kindOf(stat: FileStat): ContextEntry["kind"] {
  if (isDirectory(stat)) return "directory";
  if (isSymlink(stat)) return "symlink";
  if (isHardLink(stat)) return "hardlink";
  return isRegularFile(stat) ? "file" : "other";
}

function totalOf(entries: readonly ContextEntry[]): ContextExplanation["total"] {
  let files = 0;
  let bytes = 0;
  for (const { kind, size } of entries) {
    if (kind === "file") files++;
    bytes += size;
  }
  return { entries: entries.length, files, bytes };
}
