// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { open, readFile, readlink, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type AbortOptions, raceAbort } from "@bk/transport";
import { SessionError } from "../errors.js";
import { cannotWrite, isMissing, removeFile } from "./store-files.js";

/** What locks are held for takes milliseconds. */
const MAX_WAIT_MS = 10_000;
const POLL_MS = 25;

/** Who holds a lock, as its file says. */
interface Owner {
  readonly pid: number;
  /** Where that number means a process. */
  readonly host: string;
}

export interface FileLockOptions extends AbortOptions {
  /** How long another may hold it. Default 10 s. */
  readonly maxWaitMs?: number | undefined;
}

/**
 * Holds a lock while `work` goes on: a file which exists for that time and says whose it is. A lock whose process has
 * died is taken over. One that does not say whose it is, is after 10 s.
 *
 * @throws {SessionError} `BK_STORE_LOCKED` when another holds the lock for too long; `BK_STORE_FAILED`; `signal.reason`
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  { maxWaitMs = MAX_WAIT_MS, signal }: FileLockOptions = {},
): Promise<T> {
  const mark = JSON.stringify({
    pid: process.pid,
    host: await pidSpace(),
    id: randomBytes(8).toString("hex"),
  });
  await acquire(path, mark, { maxWaitMs, signal });
  try {
    return await work();
  } finally {
    // Not when somebody took it over.
    if ((await readLock(path)) === mark) await removeFile(path);
  }
}

async function acquire(
  path: string,
  mark: string,
  { maxWaitMs, signal }: AbortOptions & { readonly maxWaitMs: number },
): Promise<void> {
  const deadline = performance.now() + maxWaitMs;
  while (!(await tryCreate(path, mark))) {
    const held = await readLock(path);
    if (held === undefined) continue;
    if ((await isStale(path, held)) && (await takeAway(path, held))) continue;
    if (performance.now() >= deadline) throw lockedBy(path, readOwner(held), maxWaitMs);
    await raceAbort(delay(POLL_MS), signal);
  }
}

/** Nothing is left of a file that could not be written whole, as on a full disk. */
async function tryCreate(path: string, text: string): Promise<boolean> {
  try {
    await using file = await open(path, "wx");
    await file.writeFile(text).catch(async (cause: unknown) => {
      await removeFile(path);
      throw cause;
    });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cannotWrite(path, cause);
  }
}

/** What the lock's file says; undefined when nobody holds it. */
async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cannotWrite(path, cause);
  }
}

async function isStale(path: string, held: string): Promise<boolean> {
  const owner = readOwner(held);
  return owner ? owner.host === (await pidSpace()) && !isRunning(owner.pid) : isOld(path);
}

/**
 * Removes a stale lock, unless another process is at that. Only who has the second file may, and looks once more: what
 * is there by then may be a new lock.
 */
async function takeAway(path: string, held: string): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await tryCreate(guard, ""))) {
    if (await isOld(guard)) await removeFile(guard);
    return false;
  }
  try {
    if ((await readLock(path)) === held) await removeFile(path);
    return true;
  } finally {
    await removeFile(guard);
  }
}

/** Whether it has been there for longer than anybody needs. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > MAX_WAIT_MS;
}

function readOwner(held: string): Owner | undefined {
  try {
    const owner: Partial<Owner> | null = JSON.parse(held);
    if (typeof owner?.pid === "number" && typeof owner.host === "string")
      return { pid: owner.pid, host: owner.host };
  } catch {
    // Another program's, or not written yet.
  }
  return undefined;
}

/** Containers may have one host name and each its own process numbers. */
async function pidSpace(): Promise<string> {
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${hostname()} ${namespace}`.trim();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

function lockedBy(path: string, owner: Owner | undefined, maxWaitMs: number): SessionError {
  const who = owner ? `the process ${owner.pid} on ${owner.host}` : "another program";
  return new SessionError(
    "BK_STORE_LOCKED",
    `${path} has been held by ${who} for ${maxWaitMs / 1000} s. If no such program runs, remove the file`,
  );
}
