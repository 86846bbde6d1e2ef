// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "../abort.js";
import { TransportError } from "../errors.js";
import type { TlsOptions } from "../tls.js";

/** DOCKER_CONFIG, else ~/.docker. */
export function dockerConfigDir(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  return env["DOCKER_CONFIG"] || join(homeDir, ".docker");
}

/** The `currentContext` of config.json; undefined when there is no such file or entry. */
export async function readCurrentContext(
  configDir: string,
  { signal }: AbortOptions = {},
): Promise<string | undefined> {
  const path = join(configDir, "config.json");
  const config = await readJsonObject(path, { signal });
  const name = config?.["currentContext"];
  if (name === undefined || typeof name === "string") return name;
  throw invalidFile(path, "currentContext is not a string");
}

/** Reads ca.pem, cert.pem and key.pem of a folder; a file that is missing is left out. */
export async function readDockerTlsFiles(dir: string, { signal }: AbortOptions = {}): Promise<TlsOptions> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => readIfThere(join(dir, name), { signal })),
  );
  return { ca, cert, key };
}

/** A JSON object, or undefined when the file is missing. */
export async function readJsonObject(
  path: string,
  { signal }: AbortOptions = {},
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await readIfThere(path, { signal });
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    // The parser's message would quote the file, which may hold credentials.
    throw invalidFile(path, "it is not JSON");
  }
  if (!isRecord(value)) throw invalidFile(path, "it is not a JSON object");
  return value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function invalidFile(path: string, reason: string, cause?: unknown): TransportError {
  return new TransportError("BK_DOCKER_CONFIG_INVALID", `Cannot use Docker's file ${path}: ${reason}`, {
    cause,
  });
}

async function readIfThere(path: string, { signal }: AbortOptions): Promise<Buffer | undefined> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw invalidFile(path, `it cannot be read (${code})`, cause);
  }
}
