// SPDX-License-Identifier: Apache-2.0
import type { ContextEntry, ContextExplanation, ContextOptions } from "@bk/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";
import { formatDropped, formatFiles, formatTotal, formatTree } from "./context-listing.js";

interface DigestFlags extends FormatFlag {
  readonly file?: string;
}

interface ListFlags extends DigestFlags {
  readonly sort: "tree" | "size";
  readonly dropped?: boolean;
  readonly limit?: number;
}

/** `bk context`, whose commands read a directory as a build would, and connect to nothing. */
export function addContextCommand(program: Command, context: CliContext): void {
  const command = program.command("context").description("look at what a build would send, without a daemon");
  addOptions(command.command("ls"))
    .description("list what a build sends at most: sizes, and the patterns that kept or dropped paths")
    .addOption(
      new Option("--sort <order>", "a tree, or the largest files first")
        .choices(["tree", "size"])
        .default("tree"),
    )
    .option("--dropped", "list what is not sent too, with the pattern that drops it")
    .addOption(new Option("--limit <number>", "show at most so many paths of a list").argParser(parseLimit))
    .action((dir: string, flags: ListFlags) => list(dir, flags, context));
  addOptions(command.command("digest"))
    .description("print a digest that stays the same as long as what a build sends does")
    .action((dir: string, flags: DigestFlags) => digest(dir, flags, context));
}

function addOptions(command: Command): Command {
  return addFormatOption(command)
    .argument("[path]", "directory that COPY and ADD read from", ".")
    .option("-f, --file <path>", "the Dockerfile (default: Dockerfile in PATH)");
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(limit)) throw new InvalidArgumentError("It is no number.");
  return limit;
}

async function list(dir: string, flags: ListFlags, context: CliContext): Promise<void> {
  // Loaded only by commands that need it: help and version stay quick.
  const { explainContext } = await import("@bk/client");
  const explanation = await explainContext(dir, toContextOptions(flags, context));
  const entries = flags.sort === "size" ? largestFirst(explanation.entries) : explanation.entries;
  writeResult(context, flags, { ...explanation, entries }, (sorted) => formatExplanation(sorted, flags));
}

async function digest(dir: string, flags: DigestFlags, context: CliContext): Promise<void> {
  const { digestContext } = await import("@bk/client");
  const found = { digest: await digestContext(dir, toContextOptions(flags, context)) };
  writeResult(context, flags, found, (result) => `${result.digest}\n`);
}

function formatExplanation(explanation: ContextExplanation, { sort, dropped, limit }: ListFlags): string {
  const { entries } = explanation;
  const sent = limitLines(sort === "size" ? formatFiles(entries) : formatTree(entries), limit);
  const left = dropped ? ["", "Not sent:", ...limitLines(formatDropped(explanation.dropped), limit)] : [];
  return `${[...sent, ...left, "", formatTotal(explanation)].join("\n")}\n`;
}

function toContextOptions({ file }: DigestFlags, { signal }: CliContext): ContextOptions {
  return { dockerfile: file, signal };
}

/** Entries of equal size stay in their order. */
function largestFirst(entries: readonly ContextEntry[]): readonly ContextEntry[] {
  return entries.toSorted((a, b) => b.size - a.size);
}

function limitLines(lines: readonly string[], limit = lines.length): readonly string[] {
  const more = lines.length - limit;
  return more > 0 ? [...lines.slice(0, limit), `... and ${more} more`] : lines;
}
