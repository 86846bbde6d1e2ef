// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { SessionError } from "../errors.js";
import { type Digest, formatDigest } from "./digest.js";
import { blobPath, cannotWrite, createFile, moveIntoPlace, removeFile } from "./store-files.js";

/** Hashing this much at a time keeps the event loop free. */
const SLICE_BYTES = 1 << 20;
const WRITE_BITS = 0o222;

/**
 * A blob on its way into a store: a file that only this process knows, and the hash of what is in it. One call
 * uses it at a time. After an error it can only be discarded.
 */
export class Ingest {
  readonly startedAt: Date = new Date();
  updatedAt: Date = this.startedAt;
  /** Bytes taken so far. */
  offset = 0;
  /** Bytes that the blob is to have; 0 when that is not known. */
  total = 0;
  readonly #dir: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #algorithm: Digest["algorithm"];
  #hash: Hash;

  private constructor(dir: string, path: string, file: FileHandle, algorithm: Digest["algorithm"]) {
    this.#dir = dir;
    this.#path = path;
    this.#file = file;
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** Begins a blob of the store in `dir`, in the new file `path`. */
  static async begin(dir: string, path: string, algorithm: Digest["algorithm"]): Promise<Ingest> {
    return new Ingest(dir, path, await createFile(path), algorithm);
  }

  /** @throws {SessionError} `BK_STORE_FAILED` */
  async append(data: Uint8Array): Promise<void> {
    for (let start = 0; start < data.length; start += SLICE_BYTES) {
      const slice = data.subarray(start, start + SLICE_BYTES);
      const written = this.#write(slice);
      this.#hash.update(slice);
      await written;
    }
    this.updatedAt = new Date();
  }

  async #write(data: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await this.#file.write(data, done, data.length - done, this.offset);
        done += bytesWritten;
        this.offset += bytesWritten;
      }
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
  }

  /** Begins again with the first byte. */
  async restart(): Promise<void> {
    try {
      await this.#file.truncate(0);
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
    this.offset = 0;
    this.#hash = createHash(this.#algorithm);
  }

  /**
   * Checks size and digest of what was taken and makes sure that it is on the disk.
   *
   * @throws {SessionError} `BK_DIGEST_MISMATCH`, `BK_STORE_FAILED`
   */
  async verify(expected: Digest | undefined): Promise<Digest> {
    const name = expected ? formatDigest(expected) : "without a digest";
    if (this.total > 0 && this.offset !== this.total)
      throw mismatch(`The daemon sent ${this.offset} bytes of the blob ${name}, which has ${this.total}`);
    const algorithm = expected?.algorithm ?? this.#algorithm;
    const digest: Digest = { algorithm, hex: await this.#digest(algorithm) };
    if (expected && digest.hex !== expected.hex)
      throw mismatch(`The daemon sent bytes with the digest ${formatDigest(digest)} as the blob ${name}`);
    try {
      await this.#file.sync();
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
    return digest;
  }

  /** Gives the verified blob its name. The ingest ends with it. */
  async publish(digest: Digest): Promise<void> {
    try {
      const { mode } = await this.#file.stat();
      await this.#file.chmod(mode & ~constants.S_IFMT & ~WRITE_BITS);
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
    await this.#file.close(); // Windows renames no open file
    await moveIntoPlace(this.#path, blobPath(this.#dir, digest));
  }

  /** Drops what was taken. Idempotent. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await removeFile(this.#path);
  }

  async #digest(algorithm: Digest["algorithm"]): Promise<string> {
    if (algorithm === this.#algorithm) return this.#hash.copy().digest("hex");
    // The daemon named the digest at the commit only.
    const hash = createHash(algorithm);
    const buffer = Buffer.allocUnsafeSlow(SLICE_BYTES);
    for (let at = 0; at < this.offset; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    return hash.digest("hex");
  }
}

function mismatch(message: string): SessionError {
  return new SessionError("BK_DIGEST_MISMATCH", message);
}
