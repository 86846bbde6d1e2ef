// SPDX-License-Identifier: Apache-2.0
import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import type { ExportReceiver, ResolvedExport } from "../options/exports/resolved-export.js";
import { invalidOption } from "../options/invalid-option.js";

/**
 * Refuses exports of one build that would write over each other: two to one stream or place, whatever links lead
 * there, and one into a directory from which another removes what it does not know.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export async function checkSharedPlaces(exports: readonly ResolvedExport[]): Promise<void> {
  const places: { readonly option: string; readonly path: string; readonly mirrors: boolean }[] = [];
  const streams = new Map<unknown, string>();
  for (const [index, { receiver }] of exports.entries()) {
    const option = `exports[${index}]`;
    if (receiver?.kind === "writable") {
      const other = streams.get(receiver.body);
      if (other !== undefined) throw sharedPlace(option, other, "to one stream");
      streams.set(receiver.body, option);
    }
    const path = receiver && pathOf(receiver);
    if (path === undefined) continue;
    const place = { option, path: await resolveLinks(path), mirrors: mirrors(receiver) };
    for (const other of places) {
      if (place.path === other.path) throw sharedPlace(option, other.option, `to ${path}`);
      if (isBelow(place, other) || isBelow(other, place))
        throw sharedPlace(option, other.option, `into a directory whose other files are deleted, ${path}`);
    }
    places.push(place);
  }
}

function pathOf(receiver: ExportReceiver): string | undefined {
  if (receiver.kind === "file") return receiver.path;
  if (receiver.kind === "layout") return receiver.dir;
  return receiver.kind === "directory" ? receiver.target.dir : undefined;
}

function mirrors(receiver: ExportReceiver | undefined): boolean {
  return receiver?.kind === "directory" && receiver.target.delete === true;
}

function isBelow(inner: { readonly path: string }, outer: { path: string; mirrors: boolean }): boolean {
  return outer.mirrors && inner.path.startsWith(outer.path.endsWith(sep) ? outer.path : outer.path + sep);
}

/** The path without links, as far as it exists. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await resolveLinks(parent), basename(path));
  }
}

function sharedPlace(option: string, other: string, where: string): Error {
  return invalidOption(option, `${other} and ${option} both export ${where}`);
}
