// SPDX-License-Identifier: Apache-2.0
import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ResolvedCache } from "../options/caches/resolved-cache.js";
import type { ResolvedExport } from "../options/exports/resolved-export.js";
import type { ResolvedSolveOptions } from "../options/solve-options.js";

/** What a build reads or writes on this machine. */
export interface Place {
  /** Names the option in errors: `exports[0]`. */
  readonly option: string;
  /** Absolute; without links once they were resolved. */
  readonly path: string;
  readonly kind:
    | "input"
    /** One that is written whole. */
    | "file"
    /** One into which files are written, beside what is there. */
    | "directory"
    /** A directory from which everything else is removed. */
    | "mirror"
    /** An OCI layout that is read. */
    | "layout"
    /** An OCI layout that is written to. */
    | "written layout";
  /** The tag alone by which an index has what is written, if it has one. */
  readonly tag?: string | undefined;
}

const DEFAULT_TAG = "latest";

/** The places of a build: what is read, then what is written. */
export async function findPlaces(options: ResolvedSolveOptions): Promise<readonly Place[]> {
  const places = [
    ...inputs(options),
    ...options.cacheFrom.flatMap((cache, index) => cachePlace(`cacheFrom[${index}]`, cache)),
    ...options.cacheTo.flatMap((cache, index) => cachePlace(`cacheTo[${index}]`, cache)),
    ...options.exports.flatMap((entry, index) => exportPlace(`exports[${index}]`, entry)),
  ];
  return await Promise.all(places.map(async (place) => ({ ...place, path: await resolveLinks(place.path) })));
}

function inputs({ context, dockerfile, namedContexts }: ResolvedSolveOptions): readonly Place[] {
  const places: Place[] = [];
  if (context.kind === "disk") places.push({ option: "contextDir", path: context.dir, kind: "input" });
  if (dockerfile.kind === "disk")
    places.push({ option: "dockerfile", path: join(dockerfile.dir, dockerfile.filename), kind: "input" });
  for (const [name, named] of namedContexts) {
    const option = `namedContexts.${name}`;
    if (named.kind === "disk") places.push({ option, path: named.dir, kind: "input" });
    if (named.kind === "layout") places.push({ option, path: named.source.dir, kind: "layout" });
  }
  return places;
}

function cachePlace(option: string, { type, attrs }: ResolvedCache): readonly Place[] {
  if (type !== "local") return [];
  const { src, dest, tag = DEFAULT_TAG } = attrs;
  if (src !== undefined) return [{ option, path: src, kind: "layout" }];
  return dest === undefined ? [] : [{ option, path: dest, kind: "written layout", tag }];
}

function exportPlace(option: string, { attrs, receiver }: ResolvedExport): readonly Place[] {
  switch (receiver?.kind) {
    case "file":
      return [{ option, path: receiver.path, kind: "file" }];
    case "directory":
      return [
        { option, path: receiver.target.dir, kind: receiver.target.delete === true ? "mirror" : "directory" },
      ];
    case "layout": {
      // An image with a name is known by that too, and does not take a cache's place.
      const tag = attrs["name"] ? undefined : DEFAULT_TAG;
      return [{ option, path: receiver.dir, kind: "written layout", tag }];
    }
    case "stream":
    case "writable":
    case undefined:
      return [];
  }
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
