// SPDX-License-Identifier: Apache-2.0
import type { Worker } from "@bk/solver";
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { formatBytes, formatDuration } from "../format.js";
import { openClient } from "../open-client.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";

export function addDaemonCommands(program: Command, context: CliContext): void {
  addFormatOption(program.command("info"))
    .description("say which BuildKit the daemon is")
    .action((flags: FormatFlag) => showInfo(flags, context));
  addFormatOption(program.command("workers"))
    .description("list the daemon's workers: what they can run, and how they clean up")
    .action((flags: FormatFlag) => showWorkers(flags, context));
}

async function showInfo(flags: FormatFlag, context: CliContext): Promise<void> {
  const [{ readDaemonInfo }, client] = await Promise.all([import("@bk/solver"), openClient(context)]);
  try {
    const info = await readDaemonInfo(client.daemon, { signal: context.signal });
    const revision = info.revision === "" ? "" : ` (${info.revision})`;
    const value = { endpoint: client.endpoint, ...info };
    writeResult(
      context,
      flags,
      value,
      () => `${info.package} ${info.version}${revision} at ${client.endpoint}\n`,
    );
  } finally {
    await client.close();
  }
}

async function showWorkers(flags: FormatFlag, context: CliContext): Promise<void> {
  const [{ listWorkers }, client] = await Promise.all([import("@bk/solver"), openClient(context)]);
  try {
    const workers = await listWorkers(client.daemon, { signal: context.signal });
    writeResult(context, flags, workers, () => workers.map(formatWorker).join("\n"));
  } finally {
    await client.close();
  }
}

function formatWorker({ id, platforms, labels, gcPolicy, devices }: Worker): string {
  return [
    id,
    `  platforms  ${platforms.join(", ")}`,
    ...Object.entries(labels).map(([name, value]) => `  label      ${name}=${value}`),
    ...devices.map(
      ({ name, autoAllow }) => `  device     ${name}${autoAllow ? "" : " (needs an entitlement)"}`,
    ),
    ...gcPolicy.map((rule) => `  cleans up  ${formatRule(rule)}`),
    "",
  ].join("\n");
}

function formatRule(rule: Worker["gcPolicy"][number]): string {
  const limits = [
    rule.keepDurationMs > 0 && `keeps what was used within ${formatDuration(rule.keepDurationMs)}`,
    rule.reservedSpace > 0 && `keeps at least ${formatBytes(rule.reservedSpace)}`,
    rule.maxUsedSpace > 0 && `uses at most ${formatBytes(rule.maxUsedSpace)}`,
    rule.minFreeSpace > 0 && `leaves ${formatBytes(rule.minFreeSpace)} free`,
  ].filter(Boolean);
  return `${rule.all ? "everything" : rule.filter.join(" or ") || "all but internal records"}: ${limits.join(", ")}`;
}
