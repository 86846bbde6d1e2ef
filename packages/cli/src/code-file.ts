// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
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

const CHECKSUM_BYTES = 32;
/** Of a version of bk or of Node that is gone. */
const MAX_AGE_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Reads compiled code. Undefined when there is none, or it is damaged, which V8 would not notice, or when others than
 * the user could have written it: whoever writes it decides what is run.
 */
export function readCodeFile(file: string): Buffer | undefined {
  try {
    const fd = openSync(file, "r");
    try {
      if (!isOurs(fstatSync(fd))) return undefined;
      const bytes = readFileSync(fd);
      const code = bytes.subarray(CHECKSUM_BYTES);
      return checksum(code).equals(bytes.subarray(0, CHECKSUM_BYTES)) ? code : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Writes it for the next time. It takes time to make, and is made only where it can be written. */
export function writeCodeFile(file: string, make: () => Buffer): void {
  const dir = path.dirname(file);
  const partial = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    removeOld(dir);
    const fd = openSync(partial, "wx", 0o600);
    try {
      const code = make();
      writeFileSync(fd, Buffer.concat([checksum(code), code]));
    } finally {
      closeSync(fd);
    }
    renameSync(partial, file);
  } catch {
    // A folder that cannot be written, or no space: the next start is no faster than this one.
  }
}

function isOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

function checksum(code: Buffer): Buffer {
  return createHash("sha256").update(code).digest();
}

function removeOld(dir: string): void {
  for (const name of readdirSync(dir)) {
    const file = path.join(dir, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() && Date.now() - stats.mtimeMs > MAX_AGE_MS) rmSync(file, { force: true });
  }
}
