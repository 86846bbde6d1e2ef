// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "./abort.js";
import { TransportError } from "./errors.js";
import type { TlsOptions } from "./tls.js";

/** Where the PEM files are. */
export interface TlsPaths {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The names that each file may have in a directory, the first that is there counting. */
const fileNames = {
  ca: ["ca.pem", "ca.crt"],
  cert: ["cert.pem", "tls.crt"],
  key: ["key.pem", "tls.key"],
} as const;

/** Reads the given PEM files. @throws {TransportError} `BK_TLS_FAILED` naming the one that cannot be read. */
export async function readTlsFiles(
  { ca, cert, key }: TlsPaths,
  { signal }: AbortOptions = {},
): Promise<TlsOptions> {
  const read = async (path: string | undefined) => (path === undefined ? undefined : readPem(path, signal));
  const [caText, certText, keyText] = await Promise.all([read(ca), read(cert), read(key)]);
  return { ca: caText, cert: certText, key: keyText };
}

/**
 * Reads the three PEM files of a directory: `ca.pem` or `ca.crt`, `cert.pem` or `tls.crt`, `key.pem` or `tls.key`.
 * Must match moby/buildkit: buildctl's --tlsdir.
 *
 * @throws {TransportError} `BK_TLS_FAILED` naming what is missing or cannot be read.
 */
export async function readTlsDir(dir: string, { signal }: AbortOptions = {}): Promise<TlsOptions> {
  const [ca, cert, key] = await Promise.all([
    readOneOf(dir, fileNames.ca, signal),
    readOneOf(dir, fileNames.cert, signal),
    readOneOf(dir, fileNames.key, signal),
  ]);
  return { ca, cert, key };
}

async function readOneOf(
  dir: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  for (const name of names) {
    const text = await readPem(join(dir, name), signal).catch((error: unknown) => {
      if (TransportError.is(error) && isMissing(error.cause)) return undefined;
      throw error;
    });
    if (text !== undefined) return text;
  }
  throw new TransportError(
    "BK_TLS_FAILED",
    `Cannot use TLS: the directory ${dir} has no ${names.join(" or ")}`,
  );
}

async function readPem(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = isMissing(cause) ? "there is no such file" : `it cannot be read (${errorCode(cause)})`;
    throw new TransportError("BK_TLS_FAILED", `Cannot use TLS: ${path}: ${why}`, { cause });
  }
}

function isMissing(cause: unknown): boolean {
  return errorCode(cause) === "ENOENT";
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
