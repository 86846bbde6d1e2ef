// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BuildRecord } from "@bk/solver";
import { type Command, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { formatAge, formatDuration, formatTable } from "../format.js";
import { openClient } from "../open-client.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";
import { type ProgressFlags, toProgressMode } from "../progress-flags.js";
import { append } from "../repeatable.js";
import { UsageError } from "../usage-error.js";
import { writeStdout } from "../write-stdout.js";

interface ListFlags extends FormatFlag {
  readonly filter?: readonly string[];
  readonly limit?: string;
}

const PINS = [
  ["pin", true, "keep builds when the daemon cleans its history up"],
  ["unpin", false, "keep builds no longer than others"],
] as const;

type Solver = typeof import("@bk/solver");
type Client = Awaited<ReturnType<typeof openClient>>;

export function addHistoryCommands(program: Command, context: CliContext): void {
  const history = program.command("history").description("look at the builds that the daemon has run");
  addFormatOption(history.command("ls"))
    .description("list builds, newest first")
    .option("--filter <expression>", "only builds that match, such as status==error (repeatable)", append)
    .option("--limit <number>", "at most so many (default: all)")
    .action((flags: ListFlags) =>
      withSolver(context, (solver, client) => list(flags, solver, client, context)),
    );
  addFormatOption(history.command("inspect"))
    .description("show one build: options, steps, results, error")
    .argument("<ref>")
    .action((ref: string, flags: FormatFlag) =>
      withSolver(context, async ({ inspectBuild }, { daemon }) => {
        const record = await inspectBuild(daemon, ref, { signal: context.signal });
        writeResult(context, flags, record, formatRecord);
      }),
    );
  history
    .command("logs")
    .description("replay the progress of a build")
    .argument("<ref>")
    .addOption(
      new Option("--progress <mode>", "live lines, text, or JSON")
        .choices(["auto", "tty", "plain", "rawjson"])
        .default("plain"),
    )
    .action((ref: string, flags: ProgressFlags) =>
      withSolver(context, (solver, client) => replay(ref, flags, solver, client, context)),
    );
  history
    .command("export")
    .description(
      "write a build with its log and results to an archive, as docker buildx history import reads it",
    )
    .argument("<ref>")
    .requiredOption("-o, --output <path>", "the file to write, such as build.dockerbuild; - for stdout")
    .action((ref: string, { output }: { readonly output: string }) =>
      withSolver(context, (solver, client) => exportTo(output, ref, solver, client, context)),
    );
  for (const [name, pinned, what] of PINS) {
    history
      .command(name)
      .description(what)
      .argument("<ref...>")
      .action((refs: readonly string[]) =>
        withSolver(context, async ({ pinBuild }, { daemon }) => {
          for (const ref of refs) await pinBuild(daemon, ref, { pinned, signal: context.signal });
        }),
      );
  }
  history
    .command("report")
    .description("write a page about a build: timeline, cache, output, failure")
    .argument("<ref>")
    .option("-o, --output <path>", "the file to write, such as build.html; - for stdout (default: -)")
    .action((ref: string, { output = "-" }: { readonly output?: string }) =>
      withSolver(context, async (_solver, { daemon }) => {
        const { writeHistoryReport } = await import("../history-report.js");
        await writeHistoryReport(output, ref, daemon, context);
      }),
    );
  history
    .command("rm")
    .description("forget builds; their images and cache stay")
    .argument("<ref...>")
    .action((refs: readonly string[]) =>
      withSolver(context, async ({ deleteBuild }, { daemon }) => {
        for (const ref of refs) await deleteBuild(daemon, ref, { signal: context.signal });
      }),
    );
}

async function withSolver(
  context: CliContext,
  work: (solver: Solver, client: Client) => Promise<void>,
): Promise<void> {
  const [solver, client] = await Promise.all([import("@bk/solver"), openClient(context)]);
  try {
    await work(solver, client);
  } finally {
    await client.close();
  }
}

async function list(
  flags: ListFlags,
  { listBuilds }: Solver,
  { daemon }: Client,
  context: CliContext,
): Promise<void> {
  const limit = flags.limit === undefined ? undefined : Number(flags.limit);
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new UsageError(`--limit needs a number from 1, and got ${JSON.stringify(flags.limit)}`);
  }
  const records = await listBuilds(daemon, { filter: flags.filter, limit, signal: context.signal });
  writeResult(context, flags, records, formatRecords);
}

function formatRecords(records: readonly BuildRecord[]): string {
  const rows = records.map((record) => [
    record.ref,
    record.state,
    `${record.steps.completed}/${record.steps.total}`,
    formatAge(record.createdAt),
    formatTook(record),
  ]);
  return formatTable(["REF", "STATE", ">STEPS", "STARTED", "TOOK"], rows);
}

async function replay(
  ref: string,
  flags: ProgressFlags,
  { inspectBuild, readStatus }: Solver,
  { daemon }: Client,
  context: CliContext,
): Promise<void> {
  const { signal, stdout, env } = context;
  const mode = toProgressMode(flags, { env: {}, output: stdout });
  await inspectBuild(daemon, ref, { signal }); // an unknown ref would be waited for
  const { createProgressWriter } = await import("@bk/progress");
  const progress = createProgressWriter(stdout, { mode, env });
  try {
    for await (const status of readStatus(daemon, ref, { signal })) progress.update(status);
  } finally {
    progress.end();
  }
}

async function exportTo(
  path: string,
  ref: string,
  { exportBuild, openFileTarget }: Solver,
  { daemon }: Client,
  { signal, stdout }: CliContext,
): Promise<void> {
  const toStdout = path === "-";
  if (toStdout && "isTTY" in stdout && stdout.isTTY === true)
    throw new UsageError("--output needs a file: the archive would go to the terminal");
  // The archive hears of the signal, and ends with its reason.
  const archive = await exportBuild(daemon, ref, { signal });
  if (toStdout) return await writeStdout(archive, stdout, { signal });
  const { body, done } = await openFileTarget(resolve(path));
  // Nothing half is left once both have ended; the pipeline tells of its own failure first.
  const [sent, written] = await Promise.allSettled([pipeline(archive, body), done]);
  for (const part of [sent, written]) if (part.status === "rejected") throw part.reason;
}

function formatTook({ createdAt, completedAt }: BuildRecord): string {
  return createdAt && completedAt ? formatDuration(completedAt.getTime() - createdAt.getTime()) : "";
}

function formatRecord(record: BuildRecord): string {
  const { steps, error } = record;
  const results = Object.entries(record.results).flatMap(([platform, { exports, attestations }]) => [
    ...Object.values(exports).map(({ digest, mediaType }) => [
      "result",
      `${digest} ${mediaType} ${platform}`.trimEnd(),
    ]),
    ...attestations.map(({ digest, annotations }) => [
      "attested",
      `${digest} ${annotations["in-toto.io/predicate-type"] ?? ""}`.trimEnd(),
    ]),
  ]);
  const lines: (readonly string[])[] = [
    ["ref", record.ref],
    ["state", record.pinned ? `${record.state}, pinned` : record.state],
    ["started", record.createdAt?.toISOString() ?? ""],
    ["took", formatTook(record)],
    ["steps", `${steps.completed} of ${steps.total}, ${steps.cached} cached, ${record.warnings} warnings`],
    ["frontend", record.frontend],
    ...Object.entries(record.frontendAttrs).map(([name, value]) => ["option", `${name}=${value}`]),
    ...record.exporters.map(({ type, attrs }) => [
      "export",
      [type, ...Object.entries(attrs).map((pair) => pair.join("="))].join(" "),
    ]),
    ...results,
    ...(error ? [["error", `${error.code}: ${error.message}`]] : []),
  ];
  return lines
    .map(([name = "", value = ""]) => `${name.padEnd(9)} ${value}`.trimEnd())
    .join("\n")
    .concat("\n");
}
