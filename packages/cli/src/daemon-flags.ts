// SPDX-License-Identifier: Apache-2.0
import type { TlsOptions } from "@bk/transport";
import type { Command } from "commander";
import { UsageError } from "./usage-error.js";

/** The flags that say which daemon, before or behind the name of a command. TLS flags are named as buildctl's. */
export interface DaemonFlags {
  readonly builder?: string;
  readonly tlsdir?: string;
  readonly tlscacert?: string;
  readonly tlscert?: string;
  readonly tlskey?: string;
  readonly tlsservername?: string;
}

export function addDaemonOptions(program: Command): void {
  program
    .option("--builder <address>", "daemon to use instead of BUILDKIT_HOST, such as tcp://localhost:1234")
    .option("--tlsdir <dir>", "directory with ca.pem, cert.pem and key.pem for TLS to the daemon")
    .option("--tlscacert <file>", "certificates that the daemon's is trusted by")
    .option("--tlscert <file>", "certificate to show to the daemon")
    .option("--tlskey <file>", "private key of that certificate")
    .option("--tlsservername <name>", "name that the daemon's certificate must have (default: its host)");
}

/**
 * Reads what the TLS flags name; undefined without any.
 *
 * @throws {UsageError}; {TransportError} `BK_TLS_FAILED` for a file that is missing or not what it should be.
 */
export async function readTls(flags: DaemonFlags, signal: AbortSignal): Promise<TlsOptions | undefined> {
  const { tlsdir, tlscacert: ca, tlscert: cert, tlskey: key, tlsservername: serverName } = flags;
  const files = ca !== undefined || cert !== undefined || key !== undefined;
  if (tlsdir !== undefined && files) {
    throw new UsageError("--tlsdir names all three files; leave --tlscacert, --tlscert and --tlskey out");
  }
  if (tlsdir === undefined && !files) return serverName === undefined ? undefined : { serverName };
  const { readTlsDir, readTlsFiles } = await import("@bk/transport");
  const tls = await (tlsdir === undefined
    ? readTlsFiles({ ca, cert, key }, { signal })
    : readTlsDir(tlsdir, { signal }));
  return { ...tls, serverName };
}
