// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { type ExportTarget, SessionError } from "@bk/session";
import { invalidOption } from "../options/invalid-option.js";

/** What is not there yet is made for its user alone; nobody's link is followed. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

const BUFFER_BYTES = 4 << 20;

/**
 * Makes sure that a file can be written where an export goes, without touching anything.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a directory, and a directory that may not be written to.
 */
export async function checkFileTarget(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw invalidOption(option, `Cannot export to ${path}: it is a directory`);
  const parent = await stat(dirname(path)).catch(() => undefined);
  if (parent === undefined) return; // is made when the export comes
  if (!parent.isDirectory())
    throw invalidOption(option, `Cannot export to ${path}: ${dirname(path)} is not a directory`);
  if (found !== undefined && !found.isFile()) return;
  await access(dirname(path), constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw invalidOption(option, `Cannot export to ${path}: ${describe(cause)}`, cause);
  });
}

/** A file that is written beside its place. */
export interface StagedFile extends ExportTarget, AsyncDisposable {
  /** Resolves once all of the file is on the disk, beside its place. */
  readonly done: Promise<void>;
  /**
   * Puts it in its place, once it is done.
   *
   * @throws {SessionError} `BK_EXPORT_FAILED`
   */
  place(): Promise<void>;
  /** Removes what is not in its place. `body` must have been ended or destroyed. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A file that appears when all of it is there. It is written beside its place, flushed to the disk and renamed, so
 * that an old file stays whole until then, and for good when the export fails. A symbolic link is kept and what it
 * points to replaced; a device or a pipe is written to as it is. Directories on the way to it are made.
 *
 * `done` rejects with {SessionError} `BK_EXPORT_FAILED`, after nothing of it is left.
 */
export async function openFileTarget(path: string): Promise<ExportTarget> {
  const { body, done, place } = await stageFile(path);
  return { body, done: done.then(place) };
}

/** As `openFileTarget`, but for the last step, which is `place`. */
export async function stageFile(path: string): Promise<StagedFile> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && !found.isFile()) return writeThrough(path, await open(path, "w"));
    const place = found ? await realpath(path) : join(await realpath(dirname(path)), basename(path));
    const mode = found ? found.mode & 0o777 : 0o666 & ~process.umask();
    const temporary = `${place}.${randomBytes(6).toString("hex")}.tmp`;
    return replaceFile({ path, place, temporary, mode }, await open(temporary, NEW_FILE, 0o600));
  } catch (cause) {
    throw exportFailed(path, cause);
  }
}

interface Replacement {
  /** As it was asked for; for messages. */
  readonly path: string;
  readonly place: string;
  readonly temporary: string;
  readonly mode: number;
}

function replaceFile({ path, place, temporary, mode }: Replacement, file: FileHandle): StagedFile {
  const body = file.createWriteStream({ autoClose: false, highWaterMark: BUFFER_BYTES });
  // The stream holds on to the file.
  const close = () => {
    body.destroy();
    return file.close();
  };
  const remove = () => rm(temporary, { force: true });
  async function complete(): Promise<void> {
    try {
      await finished(body);
      await file.chmod(mode);
      await file.sync();
      await close();
    } catch (cause) {
      await close().catch(() => {});
      await remove();
      throw exportFailed(path, cause);
    }
  }
  const done = complete();
  return {
    body,
    done,
    async place() {
      await done;
      try {
        await rename(temporary, place);
      } catch (cause) {
        await remove();
        throw exportFailed(path, cause);
      }
      await syncDirectory(dirname(place));
    },
    async [Symbol.asyncDispose]() {
      await done.catch(() => {});
      await remove();
    },
  };
}

function writeThrough(path: string, file: FileHandle): StagedFile {
  const body = file.createWriteStream({ highWaterMark: BUFFER_BYTES });
  const done = finished(body).catch((cause: unknown) => {
    throw exportFailed(path, cause);
  });
  return { body, done, place: () => done, [Symbol.asyncDispose]: () => done.catch(() => {}) };
}

/** The new name survives a crash of the machine, where directories can be synced at all. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}

function exportFailed(path: string, cause: unknown): SessionError {
  return new SessionError("BK_EXPORT_FAILED", `Cannot export to ${path}: ${describe(cause)}`, { cause });
}

function describe(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "the file system is read-only";
  return cause instanceof Error ? cause.message : String(cause);
}
