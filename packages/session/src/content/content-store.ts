// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { SessionError } from "../errors.js";
import { parseDigest } from "./digest.js";
import { Ingests } from "./ingests.js";
import { cannotRead, isMissing, statBlob } from "./store-files.js";

/** An OCI layout directory that the daemon may read blobs from, by their digests. */
export interface ImportStore {
  readonly access: "read";
  /** Absolute. */
  readonly dir: string;
}

/** An OCI layout directory that the daemon may write blobs to. It reads none of them. */
export interface ExportStore extends AsyncDisposable {
  readonly access: "write";
  /** Absolute. It is made with the first blob. */
  readonly dir: string;
  readonly ingests: Ingests;
  /** What goes wrong is told to the daemon, and is no failure of the session. */
  readonly optional: boolean;
  /** Removes what unfinished blobs left. Idempotent. */
  close(): Promise<void>;
}

export type ContentStore = ImportStore | ExportStore;

export interface ExportStoreOptions {
  /** The build may succeed without what goes into the store: the daemon decides. Default false. */
  readonly optional?: boolean | undefined;
}

/**
 * Opens a directory for reading. A cache that an old BuildKit wrote has no `oci-layout` file, so none is asked for.
 *
 * @throws {SessionError} `BK_STORE_FAILED` when there is no such directory
 */
export async function openImportStore(path: string): Promise<ImportStore> {
  const dir = resolve(path);
  if (!(await isDirectory(dir))) throw new SessionError("BK_STORE_FAILED", `There is no directory ${dir}`);
  return { access: "read", dir };
}

/**
 * Opens a directory for writing. Nothing is made or changed before the daemon sends a blob.
 *
 * @throws {SessionError} `BK_STORE_FAILED` when something else is in its place
 */
export async function openExportStore(
  path: string,
  { optional = false }: ExportStoreOptions = {},
): Promise<ExportStore> {
  const dir = resolve(path);
  await isDirectory(dir);
  const ingests = new Ingests(dir);
  const close = () => ingests.close();
  return { access: "write", dir, ingests, optional, close, [Symbol.asyncDispose]: close };
}

/**
 * Whether an OCI layout directory has a blob.
 *
 * @throws {SessionError} `BK_STORE_FAILED` when it cannot be looked at
 */
export async function hasBlob(dir: string, digest: string): Promise<boolean> {
  const parsed = parseDigest(digest);
  return parsed !== undefined && (await statBlob(dir, parsed)) !== undefined;
}

/** False when there is nothing. */
async function isDirectory(dir: string): Promise<boolean> {
  try {
    const found = await stat(dir);
    if (found.isDirectory()) return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cannotRead(dir, cause);
  }
  throw new SessionError("BK_STORE_FAILED", `${dir} is not a directory`);
}
