// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { openClient } from "../open-client.js";

export function addPingCommand(program: Command, context: CliContext): void {
  program
    .command("ping")
    .description("ask the daemon one thing, to see that it answers")
    .action(() => ping(context));
}

async function ping(context: CliContext): Promise<void> {
  const client = await openClient(context);
  try {
    const startedAt = performance.now();
    await client.ping({ signal: context.signal });
    const tookMs = Math.round(performance.now() - startedAt);
    context.stdout.write(`BuildKit at ${client.endpoint} answered in ${tookMs} ms\n`);
  } finally {
    await client.close();
  }
}
