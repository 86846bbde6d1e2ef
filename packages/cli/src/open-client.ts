// SPDX-License-Identifier: Apache-2.0
import type { Client } from "@bk/client";
import type { CliContext } from "./cli-context.js";

/** A client of the daemon that the environment names. Connects nothing; the caller closes it. */
export async function openClient({ env }: CliContext): Promise<Client> {
  // Loaded only by commands that talk to a daemon: help and version stay quick.
  const { Client } = await import("@bk/client");
  return env["BUILDKIT_HOST"] ? Client.fromEnv({ env }) : Client.embedded({ env });
}
