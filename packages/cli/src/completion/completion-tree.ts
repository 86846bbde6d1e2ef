// SPDX-License-Identifier: Apache-2.0
import type { Argument, Command, Option } from "commander";

/** What a shell can offer for a value. */
export type CompletionValue =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "dir" }
  | { readonly kind: "file" }
  /** Nothing: what is asked for is no file, and only the user or a daemon knows it. */
  | { readonly kind: "none" };

/** Placeholders of values that never are a path. */
const NO_PATHS: ReadonlySet<string> = new Set([
  ...["address", "duration", "entitlement", "expression", "host", "method", "mode"],
  ...["name", "number", "os/arch", "ref", "size", "stage"],
]);

export interface CompletionFlag {
  /** Such as `-f`. */
  readonly short: string | undefined;
  /** Such as `--file`. */
  readonly long: string;
  readonly description: string;
  /** Undefined for a flag without a value. */
  readonly value: CompletionValue | undefined;
}

export interface CompletionCommand {
  /** From the program on: `["bk", "history", "ls"]`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly CompletionCommand[];
  /** Its own, and those that count for every command. */
  readonly flags: readonly CompletionFlag[];
  /** Of its arguments. */
  readonly argument: CompletionValue | undefined;
}

/** What a shell needs to know of a program: nothing is kept beside the program itself. */
export function describeProgram(program: Command): CompletionCommand {
  const global = program.options.filter(({ hidden, long }) => !hidden && long !== "--version");
  return describeCommand(program, [program.name()], global);
}

/** The command and all below it. */
export function allCommands(command: CompletionCommand): readonly CompletionCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function describeCommand(
  command: Command,
  path: readonly string[],
  global: readonly Option[],
): CompletionCommand {
  const help = command.createHelp();
  const visible = help.visibleCommands(command);
  const isParent = command.commands.length > 0;
  const own = help.visibleOptions(command);
  return {
    path,
    description: command.description(),
    commands: visible.map((child) =>
      isHelp(child, command)
        ? describeHelp(child, [...path, child.name()], command)
        : describeCommand(child, [...path, child.name()], global),
    ),
    flags: [...own, ...global.filter((option) => !own.includes(option))].map(toFlag),
    argument: isParent ? undefined : toArgument(command.registeredArguments[0]),
  };
}

/** Commander makes it, and knows it by no other sign. */
function isHelp(child: Command, parent: Command): boolean {
  return child.name() === "help" && !parent.commands.includes(child);
}

function describeHelp(help: Command, path: readonly string[], parent: Command): CompletionCommand {
  const choices = parent.commands.map((child) => child.name());
  return {
    path,
    description: help.description(),
    commands: [],
    flags: [],
    argument: { kind: "choices", choices },
  };
}

function toFlag(option: Option): CompletionFlag {
  const { short, long = "", description, argChoices } = option;
  const takesValue = option.required || option.optional;
  const placeholder = /[<[](.+?)[>\]]/.exec(option.flags)?.[1] ?? "";
  return { short, long, description, value: takesValue ? toValue(placeholder, argChoices) : undefined };
}

function toArgument(argument: Argument | undefined): CompletionValue | undefined {
  return argument && toValue(argument.name() === "path" ? "dir" : argument.name(), argument.argChoices);
}

/** Whatever is not known to be something else may be a path, or hold one. */
function toValue(placeholder: string, choices: readonly string[] | undefined): CompletionValue {
  if (choices) return { kind: "choices", choices };
  if (NO_PATHS.has(placeholder)) return { kind: "none" };
  return { kind: placeholder === "dir" ? "dir" : "file" };
}
