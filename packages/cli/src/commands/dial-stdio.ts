// SPDX-License-Identifier: Apache-2.0
import type { Dialer } from "@bk/transport";
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { chooseDaemon } from "../daemon-flags.js";
import { joinStreams } from "../join-streams.js";

export function addDialStdioCommand(program: Command, context: CliContext): void {
  program
    .command("dial-stdio")
    .description("join stdin and stdout to a connection of the daemon's, for a client elsewhere")
    .action(() => dialStdio(context));
}

async function dialStdio(context: CliContext): Promise<void> {
  const { signal } = context;
  const dialer = await openDialer(context);
  const connection = await dialer.dial({ signal });
  try {
    await joinStreams(context, connection, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const { connectionLostError } = await import("@bk/transport");
    throw connectionLostError(cause, dialer.endpoint);
  }
}

/** Dials what carries BuildKit's API: of Docker's BuildKit the upgraded stream, or the socket that needs no upgrade. */
async function openDialer(context: CliContext): Promise<Dialer> {
  const { host, tls } = await chooseDaemon(context);
  const { env, signal } = context;
  const transport = await import("@bk/transport");
  if (host) return transport.createDialer(transport.parseAddress(host), { tls, env });
  const endpoint = await transport.resolveDockerEndpoint({ env, signal });
  const mode = await transport.resolveDockerMode(endpoint, { signal });
  return mode === "direct"
    ? transport.createDockerDialer(endpoint)
    : transport.createDockerUpgradeDialer({ endpoint, path: "/grpc" });
}
