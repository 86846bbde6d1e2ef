// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import type { CliContext } from "./cli-context.js";
import { jsonWithoutCommands, withoutCommands } from "./plain-text.js";
import { toVisibleJson, toVisibleText } from "./visible-text.js";

type OutputContext = Pick<CliContext, "stdout" | "env">;

/** How a command that lists shows what it found. */
export interface FormatFlag {
  readonly format: "text" | "json";
}

/** `--format`: for people, or one JSON document for programs. */
export function addFormatOption(command: Command): Command {
  return command.addOption(
    new Option("--format <format>", "text for people, json for programs")
      .choices(["text", "json"])
      .default("text"),
  );
}

/** Writes a value as JSON, or as the text that `toText` makes of it. Nothing in it acts on a terminal or on GitHub's runner. */
export function writeResult<T>(
  context: OutputContext,
  { format }: FormatFlag,
  value: T,
  toText: (value: T) => string,
): void {
  if (format === "json") context.stdout.write(`${jsonWithoutCommands(toVisibleJson(value), context.env)}\n`);
  else writeText(context, toText(value));
}

/** Writes lines of text, in which a daemon's words may stand. */
export function writeText({ stdout, env }: OutputContext, text: string): void {
  stdout.write(withoutCommands(text.split("\n").map(toVisibleText).join("\n"), env));
}
