// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { type AbortOptions, raceAbort } from "@bk/transport";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import { describeFileError } from "../file-error.js";
import { readBeginning } from "./read-beginning.js";

/** Asked for the secret's bytes each time that the daemon wants them. What it throws never leaves the process. */
export type SecretCallback = (
  id: string,
  options: { readonly signal: AbortSignal },
) => Promise<string | Uint8Array>;

/** Where a secret's bytes come from: a file, an environment variable, a value, or a callback. */
export type SecretSource =
  | { readonly file: string }
  | { readonly env: string }
  | { readonly value: string | Uint8Array }
  | SecretCallback;

/** Limit of one secret, in bytes. Must match BuildKit's session/secrets/secretsprovider. */
const MAX_SECRET_BYTES: number = 500 * 1024;

const TOO_LARGE = `it is larger than ${MAX_SECRET_BYTES} bytes, which is the limit`;

/**
 * Looks whether a secret is there, without reading it: its file exists and is small enough, its variable is set.
 * A callback is not asked.
 *
 * @throws {SessionError} `BK_SECRET_FAILED`, which names the id and the file or variable, never the value.
 */
export async function checkSecret(id: string, source: SecretSource, env: Environment): Promise<void> {
  if (typeof source === "function") return;
  if ("file" in source) await checkFile(id, source.file);
  else checkSize(id, "env" in source ? readVariable(id, source.env, env) : toBytes(source.value));
}

/**
 * Gets a secret's bytes: files and variables are read anew each time.
 *
 * @throws {SessionError} `BK_SECRET_FAILED` as {@link checkSecret}; the error of a callback is the `cause`.
 */
export async function readSecret(
  id: string,
  source: SecretSource,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  if (typeof source === "function") return checkSize(id, await askCallback(id, source, signal));
  if ("file" in source) return await readFile(id, source.file, { signal });
  return checkSize(id, "env" in source ? readVariable(id, source.env, env) : toBytes(source.value));
}

async function askCallback(id: string, callback: SecretCallback, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return toBytes(await raceAbort(callback(id, { signal }), signal));
  } catch (cause) {
    // Its text could quote the secret, and this message goes to the daemon, which keeps it.
    throw secretFailed(id, "its callback failed", cause);
  }
}

function readVariable(id: string, name: string, env: Environment): Uint8Array {
  const value = env[name];
  if (value === undefined) throw secretFailed(id, `the environment variable ${name} is not set`);
  return toBytes(value);
}

async function checkFile(id: string, path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fileFailed(id, path, describeFileError(cause), cause);
  });
  if (found.isDirectory()) throw fileFailed(id, path, "it is a directory");
  if (found.size > MAX_SECRET_BYTES) throw fileFailed(id, path, TOO_LARGE);
}

async function readFile(id: string, path: string, { signal }: AbortOptions): Promise<Uint8Array> {
  await checkFile(id, path);
  try {
    // A pipe has no size, and a file may have grown: at most one byte too many is read.
    return checkSize(id, await readBeginning(path, MAX_SECRET_BYTES + 1, { signal }));
  } catch (cause) {
    if (SessionError.is(cause)) throw cause;
    signal?.throwIfAborted();
    throw fileFailed(id, path, describeFileError(cause), cause);
  }
}

function checkSize(id: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_SECRET_BYTES) throw secretFailed(id, TOO_LARGE);
  return bytes;
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value) : value;
}

function fileFailed(id: string, path: string, why: string, cause?: unknown): SessionError {
  return secretFailed(id, `its file ${path} cannot be used: ${why}`, cause);
}

function secretFailed(id: string, why: string, cause?: unknown): SessionError {
  return new SessionError("BK_SECRET_FAILED", `Cannot get the secret ${JSON.stringify(id)}: ${why}`, {
    cause,
  });
}
