// SPDX-License-Identifier: Apache-2.0
import type { TlsOptions } from "@bk/transport";
import type { Command } from "commander";
import type { CliContext } from "./cli-context.js";
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
    .option(
      "--builder <address>",
      "daemon to use, such as tcp://localhost:1234 (default: that of BUILDKIT_HOST, or inside Docker)",
    )
    .option(
      "--tlsdir <dir>",
      "directory with ca.pem, cert.pem and key.pem for TLS to the daemon (default: none)",
    )
    .option("--tlscacert <file>", "certificates that the daemon's is trusted by (default: as Node trusts)")
    .option("--tlscert <file>", "certificate to show to the daemon (default: none)")
    .option("--tlskey <file>", "private key of that certificate (default: none)")
    .option("--tlsservername <name>", "name that the daemon's certificate must have (default: its host)");
}

/** The daemon that a command is for; without a host, the BuildKit inside Docker. */
export interface ChosenDaemon {
  readonly host: string | undefined;
  readonly tls: TlsOptions | undefined;
}

/** @throws {UsageError}; {TransportError} `BK_TLS_FAILED`. */
export async function chooseDaemon({
  env,
  daemonFlags,
  signal,
}: Pick<CliContext, "env" | "daemonFlags" | "signal">): Promise<ChosenDaemon> {
  const flags = daemonFlags();
  const host = flags.builder ?? env["BUILDKIT_HOST"];
  const tls = await readTls(flags, signal);
  if (!host && tls)
    throw new UsageError("TLS flags need --builder or BUILDKIT_HOST, to say which daemon they are for");
  return { host: host || undefined, tls };
}

/**
 * Reads what the TLS flags name; undefined without any.
 *
 * @throws {UsageError}; {TransportError} `BK_TLS_FAILED` for a file that is missing or not what it should be.
 */
async function readTls(flags: DaemonFlags, signal: AbortSignal): Promise<TlsOptions | undefined> {
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
