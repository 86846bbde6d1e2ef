// SPDX-License-Identifier: Apache-2.0
import type { Client } from "@bk/client";
import type { CliContext } from "./cli-context.js";
import { chooseDaemon } from "./daemon-flags.js";

/** A client of the daemon that the flags or the environment name. Connects nothing; the caller closes it. */
export async function openClient(context: CliContext): Promise<Client> {
  const { host, tls } = await chooseDaemon(context);
  const { env } = context;
  // Loaded only by commands that talk to a daemon: help and version stay quick.
  const { Client } = await import("@bk/client");
  return host ? Client.fromEnv({ env: { ...env, BUILDKIT_HOST: host }, tls }) : Client.embedded({ env });
}
