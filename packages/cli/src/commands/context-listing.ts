// SPDX-License-Identifier: Apache-2.0
import type { ContextEntry, ContextExplanation, DroppedPath, PatternOrigin } from "@bk/client";
import { formatBytes } from "../format.js";
import { toVisiblePath, toVisibleText } from "../visible-text.js";

const SIZE_WIDTH = 8;

/** The entries as a tree, a directory with the sum of what it holds. */
export function formatTree(entries: readonly ContextEntry[]): readonly string[] {
  const sums = sumDirectories(entries);
  return entries.map((entry, index) => {
    const names = toVisiblePath(entry).split("/");
    const name = `${names.at(-1)}${entry.kind === "directory" ? "/" : ""}`;
    return formatLine(sums[index] ?? 0, `${"  ".repeat(names.length - 1)}${name}`, notesOf(entry));
  });
}

/** The files with their whole paths, in the order given. */
export function formatFiles(entries: readonly ContextEntry[]): readonly string[] {
  return entries
    .filter(({ kind }) => kind === "file")
    .map((entry) => formatLine(entry.size, toVisiblePath(entry), notesOf(entry)));
}

export function formatDropped(dropped: readonly DroppedPath[]): readonly string[] {
  return dropped.map((path) => {
    const name = `${toVisiblePath(path)}${path.directory ? "/" : ""}`;
    return `  ${name}${path.droppedBy ? `  (${formatOrigin(path.droppedBy)})` : ""}`;
  });
}

export function formatTotal({ total, dropped, ignoreFile }: ContextExplanation): string {
  const sent = `${formatBytes(total.bytes)} in ${count(total.files, "file")} at most, ${count(total.entries, "path")} in all`;
  const left =
    ignoreFile === undefined ? "no ignore file" : `${dropped.length} dropped by ${toVisibleText(ignoreFile)}`;
  return `${sent}; ${left}`;
}

function formatLine(size: number, name: string, notes: readonly string[]): string {
  return `${formatBytes(size).padStart(SIZE_WIDTH)}  ${name}${notes.length > 0 ? `  (${notes.join(", ")})` : ""}`;
}

function notesOf({ kind, asParent, keptBy }: ContextEntry): readonly string[] {
  return [
    ...(kind === "directory" || kind === "file" ? [] : [kind === "other" ? "no regular file" : kind]),
    ...(asParent ? ["for what is below"] : []),
    ...(keptBy ? [`kept by ${formatOrigin(keptBy)}`] : []),
  ];
}

function formatOrigin({ pattern, source }: PatternOrigin): string {
  return toVisibleText(`${pattern} at ${source}`);
}

/** The size of each entry, of a directory that of all below it, which comes right behind it. */
function sumDirectories(entries: readonly ContextEntry[]): readonly number[] {
  const sums: number[] = [];
  /** For each depth, what has been met since the last directory above it. */
  const below: number[] = [];
  for (const [index, { path, kind, size }] of [...entries.entries()].toReversed()) {
    const depth = path.split("/").length;
    const sum = kind === "directory" ? (below[depth + 1] ?? 0) : size;
    if (kind === "directory") below[depth + 1] = 0;
    below[depth] = (below[depth] ?? 0) + sum;
    sums[index] = sum;
  }
  return sums;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
