// SPDX-License-Identifier: Apache-2.0
import { join, sep } from "node:path";
import type { ResolvedExport } from "../options/exports/resolved-export.js";
import { invalidOption } from "../options/invalid-option.js";
import type { ResolvedSolveOptions } from "../options/solve-options.js";
import { findPlaces, type Place } from "./places.js";

/** What an OCI layout consists of. */
const LAYOUT_ENTRIES = [
  "blobs",
  "index.json",
  "index.json.lock",
  "index.json.lock.takeover",
  "ingest",
  "oci-layout",
];

/**
 * Refuses a build that would write over its own inputs or outputs, whatever links lead there: two outputs to one stream
 * or place, two caches under one tag, files among those of an OCI layout, and anything in a directory from which an
 * export removes what it does not know.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export async function checkSharedPlaces(options: ResolvedSolveOptions): Promise<void> {
  checkStreams(options.exports);
  const places = await findPlaces(options);
  for (const [index, place] of places.entries()) {
    for (const other of places.slice(0, index)) {
      const problem = findConflict(other, place);
      if (problem !== undefined) throw invalidOption(place.option, problem);
    }
  }
}

function checkStreams(exports: readonly ResolvedExport[]): void {
  const streams = new Map<unknown, string>();
  for (const [index, { receiver }] of exports.entries()) {
    if (receiver?.kind !== "writable") continue;
    const option = `exports[${index}]`;
    const other = streams.get(receiver.body);
    if (other !== undefined) throw invalidOption(option, `${other} and ${option} both write to one stream`);
    streams.set(receiver.body, option);
  }
}

function findConflict(a: Place, b: Place): string | undefined {
  return (
    findRemoval(a, b) ?? findRemoval(b, a) ?? findOverwrite(a, b) ?? findDamage(a, b) ?? findDamage(b, a)
  );
}

function findRemoval(mirror: Place, inner: Place): string | undefined {
  if (mirror.kind !== "mirror" || !isIn(inner.path, mirror.path)) return undefined;
  if (inner.kind === "mirror" && inner.path === mirror.path) return undefined; // two to one place
  return `${mirror.option} removes what it does not know from ${mirror.path}, where ${inner.option} is`;
}

function findOverwrite(a: Place, b: Place): string | undefined {
  if (a.path !== b.path || isRead(a) || isRead(b)) return undefined;
  if (a.kind !== "written layout" || b.kind !== "written layout")
    return `${a.option} and ${b.option} both write to ${a.path}`;
  if (a.tag === undefined || a.tag !== b.tag) return undefined;
  return `${a.option} and ${b.option} both write to ${a.path} under the tag ${a.tag}`;
}

/** A file that takes the place of another, and what is written among the files of a layout. */
function findDamage(a: Place, b: Place): string | undefined {
  if (a.kind === "file" && isIn(b.path, a.path))
    return `${a.option} writes a file ${a.path}, where ${b.option} is`;
  if (!isLayout(a) || b.kind === "input") return undefined;
  const isDamaged =
    (a.path === b.path && !isLayout(b)) || LAYOUT_ENTRIES.some((entry) => isIn(b.path, join(a.path, entry)));
  return isDamaged ? `${b.option} writes into the OCI layout ${a.path} of ${a.option}` : undefined;
}

function isRead({ kind }: Place): boolean {
  return kind === "input" || kind === "layout";
}

function isLayout({ kind }: Place): boolean {
  return kind === "layout" || kind === "written layout";
}

function isIn(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}
