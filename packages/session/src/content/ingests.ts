// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { grpcCode } from "@bk/transport";
import { CallRefusal } from "../call-refusal.js";
import type { Digest } from "./digest.js";
import { Ingest } from "./ingest.js";
import { removeFile } from "./store-files.js";

/** Blobs that may be on their way into one store: each holds a file open. BuildKit sends a handful at a time. */
const MAX_INGESTS = 64;

const INGEST_DIR = "ingest";
const INGEST_NAME = /^[0-9a-f]{64}\.[0-9a-f]{16}$/;
/** No build writes one blob for a day. */
const MAX_AGE_MS = 24 * 3600 * 1000;

interface Entry {
  readonly ref: string;
  /** Undefined while its file is being made. */
  ingest: Ingest | undefined;
  /** Whether a call is using it. */
  busy: boolean;
}

/**
 * The ingests of one store by the daemon's names for them, each used by one call at a time. One that a call left
 * unfinished waits for another call to go on with it, until its place is needed or the store is closed.
 */
export class Ingests {
  readonly #dir: string;
  readonly #entries = new Map<string, Entry>();
  #cleaned: Promise<void> | undefined;
  #closed = false;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Undefined when there is none of that name. */
  find(ref: string): Ingest | undefined {
    return this.#entries.get(ref)?.ingest;
  }

  /**
   * The ingest of that name for one call, new or as an earlier call left it.
   *
   * @throws {CallRefusal} `unavailable`, upon which the daemon tries again after a while
   */
  async acquire(ref: string, algorithm: Digest["algorithm"]): Promise<Ingest> {
    if (this.#closed) throw storeClosed(this.#dir);
    const known = this.#entries.get(ref);
    if (known?.busy) throw unavailable(`The ingest ${JSON.stringify(ref)} is being written by another call`);
    if (known?.ingest) {
      known.busy = true;
      return known.ingest;
    }
    const entry: Entry = { ref, ingest: undefined, busy: true };
    const displaced = this.#entries.size < MAX_INGESTS ? undefined : this.#oldestIdle();
    this.#entries.set(ref, entry);
    try {
      await displaced?.ingest?.discard();
      this.#cleaned ??= removeAbandoned(join(this.#dir, INGEST_DIR));
      await this.#cleaned;
      entry.ingest = await this.#begin(ref, algorithm);
      return entry.ingest;
    } catch (error) {
      this.#entries.delete(ref);
      throw error;
    }
  }

  /** Ends a call's use; the ingest stays as it is. */
  release(ref: string): void {
    const entry = this.#entries.get(ref);
    if (entry) entry.busy = false;
  }

  /** Forgets an ingest, after it became a blob or was discarded. */
  forget(ref: string): void {
    this.#entries.delete(ref);
  }

  /** Discards an ingest that no call is using. False when there is none of that name. */
  async abort(ref: string): Promise<boolean> {
    const entry = this.#entries.get(ref);
    if (!entry) return false;
    if (entry.busy) throw unavailable(`The ingest ${JSON.stringify(ref)} is being written`);
    this.#entries.delete(ref);
    await entry.ingest?.discard();
    return true;
  }

  /** Discards all of them; what is being made at this moment, as soon as it is there. */
  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const { ingest } of entries) await ingest?.discard();
  }

  async #begin(ref: string, algorithm: Digest["algorithm"]): Promise<Ingest> {
    const ingest = await Ingest.begin(this.#dir, this.#newPath(ref), algorithm);
    if (!this.#closed) return ingest;
    await ingest.discard();
    throw storeClosed(this.#dir);
  }

  #oldestIdle(): Entry {
    for (const entry of this.#entries.values()) {
      if (entry.busy) continue;
      this.#entries.delete(entry.ref);
      return entry;
    }
    throw unavailable(`${MAX_INGESTS} blobs are being written to ${this.#dir} already`);
  }

  /** Names of the daemon never become part of a path, and other processes may export to the same directory. */
  #newPath(ref: string): string {
    const name = createHash("sha256").update(ref).digest("hex");
    return join(this.#dir, INGEST_DIR, `${name}.${randomBytes(8).toString("hex")}`);
  }
}

function storeClosed(dir: string): CallRefusal {
  return new CallRefusal(grpcCode.failedPrecondition, `The build that wrote to ${dir} has ended`);
}

function unavailable(message: string): CallRefusal {
  return new CallRefusal(grpcCode.unavailable, message);
}

/** Removes what builds left that were killed, as far as that can be done. Other programs' files are left alone. */
async function removeAbandoned(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((entry) => INGEST_NAME.test(entry))) {
    const path = join(dir, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > MAX_AGE_MS) await removeFile(path);
  }
}
