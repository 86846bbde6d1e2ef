// SPDX-License-Identifier: Apache-2.0
import type { ExportOptions, ImageExport, MobyExport, RegistryExport } from "@bk/solver";
import { type LoadContext, type LoadExport, toLoadingExport } from "./load-export.js";

/** Where the result of a build goes: what the daemon knows, and a Docker. */
export type BuildExport = ExportOptions | LoadExport;

/**
 * The exports of a build by Docker's own BuildKit. As docker buildx does, images go through Docker's exporter.
 *
 * Differs from docker buildx, which refuses to push by digest there.
 */
export function toEmbeddedExports(
  exports: readonly BuildExport[],
  context: LoadContext,
): Promise<readonly ExportOptions[]> {
  return inTurn(exports, async (entry) => {
    if (entry.type === "image") return isByDigest(entry) ? unstored(entry) : toMoby(entry);
    if (entry.type === "registry") return isByDigest(entry) ? unstored(entry) : toMobyPush(entry);
    if (entry.type !== "load") return entry;
    const { context: name, ...image } = entry;
    return name === undefined ? toMoby(image) : toLoadingExport(entry, context);
  });
}

/** The exports of a build by a standalone daemon. */
export function toStandaloneExports(
  exports: readonly BuildExport[],
  context: LoadContext,
): Promise<readonly ExportOptions[]> {
  return inTurn(exports, async (entry) => (entry.type === "load" ? toLoadingExport(entry, context) : entry));
}

/** The same before any Docker was asked: for looking at what is wrong with the options. */
export function toUnopenedExports(exports: readonly BuildExport[]): readonly ExportOptions[] {
  return exports.map((entry) => {
    if (entry.type !== "load") return entry;
    const { context: _, ...format } = entry;
    return { ...format, type: "oci", open: () => Promise.reject(new Error("The build was not begun")) };
  });
}

/** Docker's exporter gives every image a tag, and then refuses to push it without; BuildKit's own is there too. */
function isByDigest({ pushByDigest, attrs }: ImageExport | RegistryExport): boolean {
  return pushByDigest === true || attrs?.["push-by-digest"] !== undefined;
}

/** What has no tag would only be clutter in Docker's store. */
function unstored<T extends ImageExport | RegistryExport>(entry: T): T {
  return entry.store === undefined && entry.attrs?.["store"] === undefined
    ? { ...entry, store: false }
    : entry;
}

function toMoby(entry: Omit<ImageExport, "type">): MobyExport {
  return { ...entry, type: "moby" };
}

function toMobyPush(entry: RegistryExport): MobyExport {
  const isUnpackGiven = entry.unpack !== undefined || entry.attrs?.["unpack"] !== undefined;
  return { ...(!isUnpackGiven && { unpack: false }), ...entry, push: true, type: "moby" };
}

async function inTurn<T, U>(values: readonly T[], change: (value: T) => Promise<U>): Promise<readonly U[]> {
  const changed: U[] = [];
  for (const value of values) changed.push(await change(value));
  return changed;
}
