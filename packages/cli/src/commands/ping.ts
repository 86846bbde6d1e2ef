// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { openClient } from "../open-client.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";

export function addPingCommand(program: Command, context: CliContext): void {
  addFormatOption(program.command("ping"))
    .description("ask the daemon one thing, to see that it answers")
    .action((flags: FormatFlag) => ping(flags, context));
}

async function ping(flags: FormatFlag, context: CliContext): Promise<void> {
  const client = await openClient(context);
  try {
    const startedAt = performance.now();
    await client.ping({ signal: context.signal });
    const tookMs = Math.round(performance.now() - startedAt);
    const answer = { endpoint: client.endpoint, tookMs };
    writeResult(
      context,
      flags,
      answer,
      ({ endpoint }) => `BuildKit at ${endpoint} answered in ${tookMs} ms\n`,
    );
  } finally {
    await client.close();
  }
}
