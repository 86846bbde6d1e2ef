// SPDX-License-Identifier: Apache-2.0
import { lstat, rm, stat, truncate } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type BuildResult,
  checkFileTarget,
  type Daemon,
  openFileTarget,
  type ProvenanceMode,
  readBuildMetadata,
} from "@bk/solver";
import type { BuildExport } from "./client-exports.js";
import { ClientError } from "./errors.js";

/** Files that tell of a build that has succeeded. Each is replaced as a whole. */
export interface ResultFileOptions {
  /** Takes what `docker buildx build --metadata-file` writes: a JSON object of digests, names and provenance. */
  readonly metadataFile?: string | undefined;
  /** How much provenance is in it; `min` leaves steps and times out. Default `min`. */
  readonly metadataProvenance?: ProvenanceMode | undefined;
  /** Takes the image's ID, `BuildResult.imageId`, without a line break. An old one is gone before the build. */
  readonly imageIdFile?: string | undefined;
}

interface Build extends ResultFileOptions {
  readonly exports?: readonly BuildExport[] | undefined;
}

/**
 * Makes sure before a build that its files can be written.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; {ClientError} `BK_OPTIONS_INVALID` for the ID of what is no image, and
 * two results to one file.
 */
export async function prepareResultFiles({ metadataFile, imageIdFile, exports = [] }: Build): Promise<void> {
  refuseSharedFiles({ metadataFile, imageIdFile, exports });
  if (metadataFile !== undefined) await checkFileTarget("metadataFile", resolve(metadataFile));
  if (imageIdFile === undefined) return;
  const files = exports.find(({ type }) => type === "local" || type === "tar");
  if (files) {
    throw new ClientError(
      "BK_OPTIONS_INVALID",
      `A file for the image's ID (imageIdFile) makes no sense: the ${files.type} export makes files, no image`,
    );
  }
  await checkFileTarget("imageIdFile", resolve(imageIdFile));
  await forget(imageIdFile);
}

function refuseSharedFiles({ metadataFile, imageIdFile, exports = [] }: Build): void {
  const dests = exports.map((entry) => ("dest" in entry ? entry.dest : undefined));
  const taken = dests.filter((dest) => typeof dest === "string").map((dest) => resolve(dest));
  for (const [option, file] of Object.entries({ metadataFile, imageIdFile })) {
    if (file === undefined) continue;
    const path = resolve(file);
    if (taken.includes(path))
      throw new ClientError("BK_OPTIONS_INVALID", `${option} is ${path}, to which something else goes too`);
    taken.push(path);
  }
}

/** If the build fails, nobody should take an old ID for that of its image. Links, devices and pipes stay. */
async function forget(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile()) await rm(path, { force: true });
  else if ((await stat(path).catch(() => undefined))?.isFile()) await truncate(path);
}

/** @throws {SessionError} `BK_EXPORT_FAILED` when the disk fails; {SolverError}, {TransportError}; `signal.reason`. */
export async function writeResultFiles(
  { metadataFile, metadataProvenance, imageIdFile }: ResultFileOptions,
  result: BuildResult,
  { daemon, signal }: { readonly daemon: Daemon; readonly signal: AbortSignal },
): Promise<void> {
  if (imageIdFile !== undefined) await writeFile(imageIdFile, result.imageId ?? "");
  if (metadataFile === undefined) return;
  const metadata = await readBuildMetadata(daemon, result, { provenance: metadataProvenance, signal });
  await writeFile(metadataFile, JSON.stringify(metadata, undefined, 2));
}

async function writeFile(path: string, text: string): Promise<void> {
  const { body, done } = await openFileTarget(resolve(path));
  body.end(text);
  await done;
}
