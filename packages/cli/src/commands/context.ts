// SPDX-License-Identifier: Apache-2.0
import type { ContextOptions } from "@bk/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { formatDropped, formatLargest, formatTotal, formatTree, largestFirst } from "./context-listing.js";
import { toVisibleJson } from "./context-names.js";

interface DigestFlags {
  readonly file?: string;
  readonly format: "text" | "json";
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
  return command
    .argument("[path]", "directory that COPY and ADD read from", ".")
    .option("-f, --file <path>", "the Dockerfile (default: Dockerfile in PATH)")
    .addOption(new Option("--format <kind>", "how to print it").choices(["text", "json"]).default("text"));
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
  const bySize = flags.sort === "size";
  if (flags.format === "json") {
    const entries = bySize ? largestFirst(explanation.entries) : explanation.entries;
    context.stdout.write(`${toVisibleJson({ ...explanation, entries })}\n`);
    return;
  }
  const kept = bySize ? formatLargest(explanation.entries) : formatTree(explanation.entries);
  const lines = [
    ...limitLines(kept, flags.limit),
    ...(flags.dropped
      ? ["", "Not sent:", ...limitLines(formatDropped(explanation.dropped), flags.limit)]
      : []),
    "",
    formatTotal(explanation),
  ];
  context.stdout.write(`${lines.join("\n")}\n`);
}

async function digest(dir: string, flags: DigestFlags, context: CliContext): Promise<void> {
  const { digestContext } = await import("@bk/client");
  const found = await digestContext(dir, toContextOptions(flags, context));
  context.stdout.write(flags.format === "json" ? `${JSON.stringify({ digest: found })}\n` : `${found}\n`);
}

function toContextOptions({ file }: DigestFlags, { signal }: CliContext): ContextOptions {
  return { dockerfile: file, signal };
}

function limitLines(lines: readonly string[], limit = lines.length): readonly string[] {
  const more = lines.length - limit;
  return more > 0 ? [...lines.slice(0, limit), `... and ${more} more`] : lines;
}
