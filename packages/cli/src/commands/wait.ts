// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { openClient } from "../open-client.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";
import { parseDuration } from "../quantity.js";

interface WaitFlags extends FormatFlag {
  readonly timeout: string;
}

export function addWaitCommand(program: Command, context: CliContext): void {
  addFormatOption(program.command("wait"))
    .description("wait until the daemon answers; exits 3 when it does not in time")
    .option("--timeout <duration>", "how long at most, such as 90s or 5m; 0s to try once", "30s")
    .action((flags: WaitFlags) => wait(flags, context));
}

async function wait(flags: WaitFlags, context: CliContext): Promise<void> {
  const timeoutMs = parseDuration("--timeout", flags.timeout);
  const client = await openClient(context);
  try {
    const startedAt = performance.now();
    await client.waitForReady({ timeoutMs, signal: context.signal });
    const waited = { endpoint: client.endpoint, waitedMs: Math.round(performance.now() - startedAt) };
    writeResult(context, flags, waited, ({ endpoint }) => `BuildKit at ${endpoint} is ready\n`);
  } finally {
    await client.close();
  }
}
