// SPDX-License-Identifier: Apache-2.0
import type { Client } from "@bk/client";
import type { CliContext } from "./cli-context.js";
import { readTls } from "./daemon-flags.js";
import { UsageError } from "./usage-error.js";

/** A client of the daemon that the flags or the environment name. Connects nothing; the caller closes it. */
export async function openClient({ env, daemonFlags, signal }: CliContext): Promise<Client> {
  const flags = daemonFlags();
  const host = flags.builder ?? env["BUILDKIT_HOST"];
  const tls = await readTls(flags, signal);
  if (!host && tls)
    throw new UsageError("TLS flags need --builder or BUILDKIT_HOST, to say which daemon they are for");
  // Loaded only by commands that talk to a daemon: help and version stay quick.
  const { Client } = await import("@bk/client");
  return host ? Client.fromEnv({ env: { ...env, BUILDKIT_HOST: host }, tls }) : Client.embedded({ env });
}
