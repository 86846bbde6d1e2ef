// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { withFileLock } from "../../content/file-lock.js";
import { isObject, toFields } from "../lenient-json.js";

/** Random bytes for each registry that a daemon cannot know and that stay the same. */
export interface TokenSeeds {
  /** 16 bytes for a new registry. */
  seedFor(host: string): Promise<Uint8Array>;
}

const FILE = ".token_seed";
/** Not `.token_seed.lock`, of which BuildKit's own client holds flock(2), and which it leaves there. */
const LOCK_FILE = ".token_seed.bk-lock";
/** A seed is worth no more than a request for a new token. */
const MAX_WAIT_MS = 5_000;

/**
 * Seeds in the file `.token_seed` of Docker's config folder, which BuildKit's own client uses too. Processes with bk
 * write it one at a time, and that client does not wait for them. Where the file cannot be written or the folder is
 * not there, seeds last as long as this object.
 */
export function createTokenSeeds(dir: string): TokenSeeds {
  const seeds = new Map<string, Uint8Array>();
  let last: Promise<unknown> = Promise.resolve();

  async function seedFor(host: string): Promise<Uint8Array> {
    const known = seeds.get(host);
    if (known) return known;
    const found = (await readSeeds(dir)).get(host);
    const seed = found === undefined ? await makeSeed(dir, host) : Buffer.from(found, "base64");
    seeds.set(host, seed);
    return seed;
  }

  // One at a time: each writes what it has read.
  return {
    seedFor: (host) => {
      const seed = last.then(() => seedFor(host));
      last = seed.catch(() => {});
      return seed;
    },
  };
}

/** Makes a seed and keeps it in the file, unless another process has done so by now. */
async function makeSeed(dir: string, host: string): Promise<Uint8Array> {
  let seed: Uint8Array = randomBytes(16);
  const keep = async () => {
    const stored = await readSeeds(dir);
    const found = stored.get(host);
    if (found === undefined) await writeSeeds(dir, stored.set(host, Buffer.from(seed).toString("base64")));
    else seed = Buffer.from(found, "base64");
  };
  try {
    await withFileLock(path.join(dir, LOCK_FILE), keep, { maxWaitMs: MAX_WAIT_MS });
  } catch {
    await keep(); // at worst another process's new seed is lost
  }
  return seed;
}

/** Seeds by host, in base64. A file that is missing, unreadable or cut short has none. */
async function readSeeds(dir: string): Promise<Map<string, string>> {
  const seeds = new Map<string, string>();
  try {
    const file: unknown = JSON.parse(await readFile(path.join(dir, FILE), "utf8"));
    for (const [host, entry] of isObject(file) ? Object.entries(file) : []) {
      const seed = isObject(entry) ? toFields(entry).find(({ name }) => name === "seed")?.value : undefined;
      if (typeof seed === "string" && seed !== "") seeds.set(host, seed);
    }
  } catch {
    // New seeds only mean that a daemon asks for new tokens.
  }
  return seeds;
}

/** Replaces the file at once, so that no reader finds half of it. */
async function writeSeeds(dir: string, seeds: ReadonlyMap<string, string>): Promise<void> {
  const sorted = [...seeds].sort(([a], [b]) => (a < b ? -1 : 1));
  const file = Object.fromEntries(sorted.map(([host, seed]) => [host, { Seed: seed }]));
  const temporary = path.join(dir, `${FILE}.${randomBytes(8).toString("hex")}`);
  try {
    await writeFile(temporary, JSON.stringify(file, undefined, 2), { mode: 0o600, flag: "wx" });
    await rename(temporary, path.join(dir, FILE));
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}
