// SPDX-License-Identifier: Apache-2.0
import { rm } from "node:fs/promises";
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
  /** Takes the image's ID, `BuildResult.imageId`, without a line break. An old one is removed before the build. */
  readonly imageIdFile?: string | undefined;
}

interface Build extends ResultFileOptions {
  readonly exports?: readonly BuildExport[] | undefined;
}

/**
 * Makes sure before a build that its files can be written.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; {ClientError} `BK_OPTIONS_INVALID` for the ID of what is no image.
 */
export async function prepareResultFiles({ metadataFile, imageIdFile, exports = [] }: Build): Promise<void> {
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
  await rm(imageIdFile, { force: true }); // if the build fails, nobody should take the old one for its ID
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
