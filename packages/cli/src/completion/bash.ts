// SPDX-License-Identifier: Apache-2.0
import { allCommands, type CompletionCommand, type CompletionValue } from "./completion-tree.js";
import { quoteWord } from "./quote-word.js";

/** Which word is completed, and with what. Runs in the bash 3.2 of macOS too. */
const FUNCTION = `
_bk() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local path=bk skip= word value i
  # --flag=value arrives as three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $skip ]]; then
      [[ $word == = ]] || skip=
    elif [[ $word == -* ]]; then
      [[ $(__bk_value "$path $word") ]] && skip=1
    elif [[ " $(__bk_commands "$path") " == *" $word "* ]]; then
      path="$path $word"
    fi
  done
  value=
  if [[ $prev == -* ]]; then value=$(__bk_value "$path $prev"); fi
  if [[ -z $value && $cur == -* ]]; then value=$(__bk_flags "$path"); fi
  if [[ -z $value ]]; then value=$(__bk_commands "$path"); fi
  if [[ -z $value ]]; then value=$(__bk_argument "$path"); fi
  COMPREPLY=()
  case $value in
    @none) return ;;
    @dir) compopt -o filenames 2>/dev/null; value=-d ;;
    @file) compopt -o filenames 2>/dev/null; value=-f ;;
    *) while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$value" -- "$cur"); return ;;
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$value" -- "$cur")
}

complete -F _bk bk
`;

/** A script for bash: `source <(bk completion bash)`. */
export function toBashCompletion(program: CompletionCommand): string {
  const commands = allCommands(program);
  const flagsOf = ({ flags }: CompletionCommand) =>
    flags.flatMap(({ short, long }) => [long, ...(short ? [short] : [])]);
  return [
    "# Completes the words of bk in bash: source <(bk completion bash)\n",
    lookup(
      "__bk_commands",
      commands.map((command) => [pathOf(command), command.commands.map(nameOf).join(" ")]),
    ),
    lookup(
      "__bk_flags",
      commands.map((command) => [pathOf(command), flagsOf(command).join(" ")]),
    ),
    lookup(
      "__bk_argument",
      commands.map((command) => [pathOf(command), toText(command.argument)]),
    ),
    lookup(
      "__bk_value",
      commands.flatMap((command) =>
        command.flags.flatMap(({ short, long, value }) =>
          [long, ...(short ? [short] : [])].map(
            (flag) => [`${pathOf(command)} ${flag}`, toText(value)] as const,
          ),
        ),
      ),
    ),
    FUNCTION,
  ].join("\n");
}

/** A function of the shell that prints what belongs to a key, and nothing for any other. */
function lookup(name: string, entries: readonly (readonly [key: string, text: string])[]): string {
  const cases = entries
    .filter(([, text]) => text !== "")
    .map(([key, text]) => `    ${quoteWord(key)}) echo ${quoteWord(text)} ;;`);
  return [`${name}() {`, '  case "$1" in', ...cases, "  esac", "}"].join("\n");
}

function toText(value: CompletionValue | undefined): string {
  if (value === undefined) return "";
  return value.kind === "choices" ? value.choices.join(" ") : `@${value.kind}`;
}

function pathOf({ path }: CompletionCommand): string {
  return path.join(" ");
}

function nameOf({ path }: CompletionCommand): string {
  return path.at(-1) ?? "";
}
