// SPDX-License-Identifier: Apache-2.0
import {
  allCommands,
  type CompletionCommand,
  type CompletionFlag,
  type CompletionValue,
} from "./completion-tree.js";
import { quoteWord } from "./quote-word.js";

/** A script for zsh: a file `_bk` of its `fpath`, or `source <(bk completion zsh)`. */
export function toZshCompletion(program: CompletionCommand): string {
  return [
    "#compdef bk\n# Completes the words of bk in zsh: a file _bk in a folder of fpath, or source <(bk completion zsh)\n",
    ...allCommands(program).map(toFunction),
    // As a file of fpath it is the function itself; sourced, it is told to zsh.
    'if [ "$funcstack[1]" = "_bk" ]; then\n  _bk "$@"\nelse\n  compdef _bk bk\nfi\n',
  ].join("\n");
}

/** Completes one command, and hands words behind a command below it on. */
function toFunction(command: CompletionCommand): string {
  const flags = command.flags.map(toSpec);
  const rest =
    command.commands.length > 0
      ? ["'1: :->command'", "'*:: :->words'"]
      : command.argument
        ? [quoteWord(`*:: :${toAction(command.argument)}`)]
        : [];
  const specs = [...flags, ...rest].map((spec) => ` \\\n    ${spec}`).join("");
  return `${nameOf(command)}() {\n  local curcontext="$curcontext" state line\n  _arguments -C${specs}\n${toStates(command)}}\n`;
}

function toStates({ commands }: CompletionCommand): string {
  if (commands.length === 0) return "";
  const listed = commands.map(
    ({ path, description }) => `      ${quoteWord(`${path.at(-1)}:${description.replaceAll(":", "\\:")}`)}`,
  );
  const cases = commands.map((child) => `        ${child.path.at(-1)}) ${nameOf(child)} ;;`);
  return `  case $state in
    command)
      local -a commands
      commands=(
${listed.join("\n")}
      )
      _describe command commands
      ;;
    words)
      case $words[1] in
${cases.join("\n")}
      esac
      ;;
  esac
`;
}

/** As zshcompsys(1) has it for _arguments. Flags may be given several times: which may not, bk says. */
function toSpec({ short, long, description, value }: CompletionFlag): string {
  const text = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  const action = value ? `: :${toAction(value)}` : "";
  const spec = (flag: string, end: string) => quoteWord(`*${flag}${end}${text}${action}`);
  const end = value ? "=" : "";
  return short ? `${spec(short, value ? "+" : "")} ${spec(long, end)}` : spec(long, end);
}

function toAction(value: CompletionValue): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.join(" ")})`;
    case "dir":
      return "_files -/";
    case "file":
      return "_files";
    case "none":
      return " ";
  }
}

function nameOf({ path }: CompletionCommand): string {
  return `_${path.join("_").replaceAll("-", "_")}`;
}
