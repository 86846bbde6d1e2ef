// SPDX-License-Identifier: Apache-2.0
import type { PruneOptions, UsageRecord } from "@bk/solver";
import type { Command } from "commander";
import { parseCacheFilter } from "../cache-filter.js";
import type { CliContext } from "../cli-context.js";
import { formatAge, formatBytes, formatTable } from "../format.js";
import { openClient } from "../open-client.js";
import { addFormatOption, type FormatFlag, writeResult, writeText } from "../output.js";
import { parseDuration, parseSize } from "../quantity.js";
import { append } from "../repeatable.js";
import { UsageError } from "../usage-error.js";

const FILTER_HELP =
  "only records that match, such as type=source.local or until=24h (repeatable, all must match)";

interface DiskUsageFlags extends FormatFlag {
  readonly filter?: readonly string[];
  readonly verbose?: boolean;
}

interface PruneFlags extends FormatFlag {
  readonly all?: boolean;
  readonly filter?: readonly string[];
  readonly keepDuration?: string;
  readonly reservedSpace?: string;
  readonly maxUsedSpace?: string;
  readonly minFreeSpace?: string;
}

export function addCacheCommands(program: Command, context: CliContext): void {
  addFormatOption(program.command("du"))
    .description("list what the daemon's build cache holds")
    .option("--filter <key=value>", FILTER_HELP, append)
    .option("-v, --verbose", "show what made each record")
    .action((flags: DiskUsageFlags) => showDiskUsage(flags, context));
  addFormatOption(program.command("prune"))
    .description("remove what no build is using from the daemon's build cache")
    .option("-a, --all", "internal records and those of frontend images too")
    .option("--filter <key=value>", FILTER_HELP, append)
    .option("--keep-duration <duration>", "keep what was used within this time, such as 24h")
    .option("--reserved-space <size>", "keep at least so much, such as 2GB")
    .option("--max-used-space <size>", "remove until the cache is no larger than this")
    .option("--min-free-space <size>", "remove until the disk has so much free")
    .action((flags: PruneFlags) => pruneCache(flags, context));
}

async function showDiskUsage(flags: DiskUsageFlags, context: CliContext): Promise<void> {
  const { filter, usedBeforeMs } = parseCacheFilter(flags.filter ?? []);
  const [{ diskUsage }, client] = await Promise.all([import("@bk/solver"), openClient(context)]);
  try {
    const options = { filter, unusedForMs: usedBeforeMs, signal: context.signal };
    const records = await diskUsage(client.daemon, options);
    writeResult(context, flags, records, () => formatRecords(records, flags.verbose === true));
  } finally {
    await client.close();
  }
}

function formatRecords(records: readonly UsageRecord[], verbose: boolean): string {
  const columns = ["ID", ">SIZE", "TYPE", "LAST USED", "", ...(verbose ? ["MADE BY"] : [])];
  const rows = records
    .toReversed()
    .map((record) => [
      record.id,
      formatBytes(record.size),
      record.type,
      formatAge(record.lastUsedAt),
      [record.inUse && "in use", record.shared && "shared"].filter(Boolean).join(", "),
      ...(verbose ? [record.description.replaceAll(/\s+/g, " ")] : []),
    ]);
  const total = records.reduce((sum, { size }) => sum + size, 0);
  const free = records
    .filter(({ inUse, shared }) => !inUse && !shared)
    .reduce((sum, { size }) => sum + size, 0);
  const summary = `${records.length} records, ${formatBytes(total)}, of which a prune can free ${formatBytes(free)}\n`;
  return (records.length > 0 ? formatTable(columns, rows) : "") + summary;
}

async function pruneCache(flags: PruneFlags, context: CliContext): Promise<void> {
  const options = toPruneOptions(flags);
  const [{ prune }, client] = await Promise.all([import("@bk/solver"), openClient(context)]);
  const removed: UsageRecord[] = [];
  try {
    for await (const record of prune(client.daemon, { ...options, signal: context.signal })) {
      removed.push(record);
      if (flags.format === "text") writeText(context, `${record.id}  ${formatBytes(record.size)}\n`);
    }
  } finally {
    await client.close();
  }
  const total = removed.reduce((sum, { size }) => sum + size, 0);
  writeResult(context, flags, removed, () => `Removed ${removed.length} records, ${formatBytes(total)}\n`);
}

function toPruneOptions(flags: PruneFlags): PruneOptions {
  const { filter, usedBeforeMs } = parseCacheFilter(flags.filter ?? []);
  const size = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : parseSize(flag, text);
  const keep = flags.keepDuration;
  if (keep !== undefined && usedBeforeMs !== undefined)
    throw new UsageError("--keep-duration and --filter until= say the same: leave one of them out");
  return {
    filter,
    all: flags.all,
    keepDurationMs: keep === undefined ? usedBeforeMs : parseDuration("--keep-duration", keep),
    reservedSpace: size("--reserved-space", flags.reservedSpace),
    maxUsedSpace: size("--max-used-space", flags.maxUsedSpace),
    minFreeSpace: size("--min-free-space", flags.minFreeSpace),
  };
}
