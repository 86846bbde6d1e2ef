// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { RegistryAuthOptions } from "@bk/client";
import { type Command, Option } from "commander";
import { append } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

export interface RegistryAuthFlags {
  readonly registryAuthTlscontext?: readonly string[];
  readonly allowTokenRealm?: readonly string[];
  readonly allowRegistry?: readonly string[];
}

const FLAG = "--registry-auth-tlscontext";
const KEYS = ["host", "ca", "cert", "key", "insecure"];

type RegistryTls =
  NonNullable<RegistryAuthOptions["tls"]> extends ReadonlyMap<string, infer Tls> ? Tls : never;

export function addAllowRegistryOption(command: Command): Command {
  const help =
    "registry whose credentials the build may use, such as docker.io or HOST:PORT (repeatable; default: every registry)";
  return command.addOption(new Option("--allow-registry <host>", help).argParser(append));
}

export function addTokenServerOptions(command: Command): Command {
  return command
    .option(
      "--allow-token-realm <host>",
      "token server that credentials may go to although it is not known to be the registry's own, as HOST or HOST:PORT (repeatable; default: none)",
      append,
    )
    .option(
      "--registry-auth-tlscontext <spec>",
      "TLS to a registry's token server: host=HOST,ca=FILE,cert=FILE,key=FILE,insecure=BOOL (repeatable; default: as Node trusts)",
      append,
    );
}

/** @throws {UsageError} for what is malformed, and for files that cannot be read. */
export async function toRegistryAuth(flags: RegistryAuthFlags): Promise<RegistryAuthOptions | undefined> {
  const { registryAuthTlscontext: contexts = [], allowTokenRealm: hosts = [], allowRegistry } = flags;
  if (contexts.length === 0 && hosts.length === 0 && allowRegistry === undefined) return undefined;
  return {
    ...(allowRegistry && { allowedRegistries: allowRegistry }),
    tls: await toRegistryTls(contexts),
    allowTokenRealm: ({ realm }) => hosts.includes(realm.host),
  };
}

/**
 * Reads `host=HOST,ca=FILE,cert=FILE,key=FILE,insecure=BOOL` as buildctl does, but for unknown keys and a second flag
 * for one host, which are refused.
 */
async function toRegistryTls(contexts: readonly string[]): Promise<ReadonlyMap<string, RegistryTls>> {
  const { parseBool, parseCsvLine } = await import("@bk/solver/flags");
  const tls = new Map<string, RegistryTls>();
  for (const text of contexts) {
    const fields = new Map(parseCsvLine(text).map(parseField));
    const host = fields.get("host");
    if (!host) throw new UsageError(`${FLAG} needs host=HOST`);
    if (tls.has(host))
      throw new UsageError(`${FLAG} has ${host} twice; put several certificates into one file`);
    const [ca, cert, key] = await Promise.all(["ca", "cert", "key"].map((name) => readPem(fields.get(name))));
    const insecure = parseBool(fields.get("insecure") ?? "") === true;
    if ((cert === undefined) !== (key === undefined))
      throw new UsageError(`${FLAG} needs cert and key together`);
    if (!insecure && ca === undefined && cert === undefined) {
      throw new UsageError(`${FLAG} needs ca=FILE, or cert=FILE and key=FILE, or insecure=true`);
    }
    tls.set(host, { ca, cert, key, insecure });
  }
  return tls;
}

function parseField(field: string): readonly [string, string] {
  const at = field.indexOf("=");
  const key = field.slice(0, Math.max(at, 0)).toLowerCase();
  if (!KEYS.includes(key)) {
    throw new UsageError(
      `${FLAG} takes ${KEYS.join(", ")}, each with a value, and got ${JSON.stringify(field)}`,
    );
  }
  return [key, field.slice(at + 1)];
}

async function readPem(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(
      `${FLAG} names a file that cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}
