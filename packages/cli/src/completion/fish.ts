// SPDX-License-Identifier: Apache-2.0
import {
  allCommands,
  type CompletionCommand,
  type CompletionFlag,
  type CompletionValue,
} from "./completion-tree.js";

/** A script for fish: `bk completion fish | source`. */
export function toFishCompletion(program: CompletionCommand): string {
  const lines = allCommands(program).flatMap((command) => [
    ...command.commands.map((child) =>
      toLine(command, `-a ${quote(nameOf(child))} -d ${quote(child.description)}`),
    ),
    ...(command.argument && command.argument.kind !== "none"
      ? [toLine(command, toValue(command.argument))]
      : []),
    ...command.flags.map((flag) => toLine(command, toFlag(flag))),
  ]);
  return [
    "# Completes the words of bk in fish: bk completion fish | source",
    "complete -c bk -f",
    ...lines,
    "",
  ].join("\n");
}

function toLine(command: CompletionCommand, what: string): string {
  return `complete -c bk -n ${quote(toCondition(command))} ${what}`;
}

/** Whether the words so far lead to this command, and to none below it. */
function toCondition({ path, commands }: CompletionCommand): string {
  const [, ...names] = path;
  const below = commands.map(nameOf).join(" ");
  const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
  const unseen = below === "" ? [] : [`not __fish_seen_subcommand_from ${below}`];
  return [...seen, ...unseen].join("; and ");
}

function toFlag({ short, long, description, value }: CompletionFlag): string {
  const names = [...(short ? [`-s ${short.slice(1)}`] : []), `-l ${long.slice(2)}`];
  return [
    ...names,
    ...(value ? [value.kind === "file" ? "-r" : "-x"] : []),
    ...(value && value.kind !== "none" ? [toValue(value)] : []),
    `-d ${quote(description)}`,
  ].join(" ");
}

function toValue(value: Exclude<CompletionValue, { readonly kind: "none" }>): string {
  switch (value.kind) {
    case "choices":
      return `-a ${quote(value.choices.join(" "))}`;
    case "dir":
      return "-a '(__fish_complete_directories)'";
    case "file":
      return "-F";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

function nameOf({ path }: CompletionCommand): string {
  return path.at(-1) ?? "";
}
