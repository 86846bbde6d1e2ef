// SPDX-License-Identifier: Apache-2.0
import { constants, type FileHandle, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SessionError } from "../errors.js";
import { describeFileError } from "../file-error.js";
import type { Digest } from "./digest.js";

// What lies where in an OCI layout directory, and how files come into it whole.

export function blobPath(dir: string, { algorithm, hex }: Digest): string {
  return join(dir, "blobs", algorithm, hex);
}

export interface BlobInfo {
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** The blob's size and time; undefined when it is not there. */
export async function statBlob(dir: string, digest: Digest): Promise<BlobInfo | undefined> {
  const path = blobPath(dir, digest);
  try {
    const found = await stat(path);
    return found.isFile() ? { size: found.size, modifiedAt: found.mtime } : undefined;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cannotRead(path, cause);
  }
}

/** Never follows a link that somebody put there, and never takes a file that is there. */
const CREATE_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Opens a new file for reading and writing; its directory is made when need be. */
export async function createFile(path: string): Promise<FileHandle> {
  try {
    await makeDirectory(dirname(path));
    return await open(path, CREATE_FLAGS, 0o666);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** Moves a file that was synced to its final name, so that a crash leaves the one or the other. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await makeDirectory(dirname(to));
    await rename(from, to);
    await syncDirectory(dirname(to));
  } catch (cause) {
    throw cannotWrite(to, cause);
  }
}

/** Replaces a small file as a whole. */
export async function replaceFile(path: string, temporary: string, text: string): Promise<void> {
  const file = await createFile(temporary);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (cause) {
      throw cannotWrite(path, cause);
    } finally {
      await file.close();
    }
    await moveIntoPlace(temporary, path);
  } catch (error) {
    await removeFile(temporary);
    throw error;
  }
}

/** Removes a file if it can be: what remains otherwise is in nobody's way. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

async function makeDirectory(dir: string): Promise<void> {
  const first = await mkdir(dir, { recursive: true });
  if (first !== undefined) await syncDirectory(dirname(first));
}

async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === "win32") return; // there is no such thing
  await using handle = await open(dir, constants.O_RDONLY);
  await handle.sync();
}

export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}

export function cannotRead(path: string, cause: unknown): SessionError {
  return new SessionError("BK_STORE_FAILED", `Cannot read ${path}: ${describeFileError(cause)}`, { cause });
}

export function cannotWrite(path: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  return new SessionError("BK_STORE_FAILED", `Cannot write ${path}: ${describeFileError(cause)}`, { cause });
}
