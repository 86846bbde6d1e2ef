// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Ends the name of a file; of one that is being written, more follows. */
export const CODE_FILE_SUFFIX = ".bkcode";

const CHECKSUM_BYTES = 32;
/** Of a version of bk or of Node that is gone. */
const MAX_AGE_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Reads compiled code. Undefined when there is none, or it is damaged, which V8 would not notice, or when others than
 * the user could have written it: whoever writes it decides what is run.
 */
export function readCodeFile(file: string): Buffer | undefined {
  return attempt(() => {
    if (!isOurs(statSync(path.dirname(file)))) return undefined;
    const fd = openSync(file, "r");
    try {
      if (!isOurs(fstatSync(fd))) return undefined;
      const bytes = readFileSync(fd);
      const code = bytes.subarray(CHECKSUM_BYTES);
      return checksum(code).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? code : undefined;
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * Writes it for the next time, and removes what nobody has written for 90 days. The code takes time to make, and is made
 * only where it can be written. Without a folder of the user's own, or space, the next start is no faster than this one.
 */
export function writeCodeFile(file: string, make: () => Buffer): void {
  const dir = path.dirname(file);
  attempt(() => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!isOurs(statSync(dir))) return;
    replaceFile(file, make);
    removeOld(dir);
  });
}

function replaceFile(file: string, make: () => Buffer): void {
  const partial = `${file}.${randomBytes(8).toString("hex")}`;
  const fd = openSync(partial, "wx", 0o600);
  try {
    try {
      const code = make();
      writeFileSync(fd, Buffer.concat([checksum(code), code]));
    } finally {
      closeSync(fd);
    }
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function isOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

function checksum(code: Buffer): Buffer {
  return createHash("sha256").update(code).digest();
}

/** The folder may be one that the user keeps other things in: a link leads anywhere. */
function removeOld(dir: string): void {
  for (const name of readdirSync(dir).filter((name) => name.includes(CODE_FILE_SUFFIX))) {
    const file = path.join(dir, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() && Date.now() - stats.mtimeMs > MAX_AGE_MS)
      attempt(() => rmSync(file, { force: true }));
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
