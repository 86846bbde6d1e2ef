// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command } from "commander";
import type { CliContext } from "../cli-context.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

export function addCompletionCommand(program: Command, { stdout }: CliContext): void {
  program
    .command("completion")
    .description("print a script by which a shell completes commands, flags and their values")
    .addArgument(new Argument("<shell>", "source <(bk completion bash)").choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      stdout.write(await toScript(program, shell));
    });
}

async function toScript(program: Command, shell: (typeof SHELLS)[number]): Promise<string> {
  const { describeProgram } = await import("../completion/completion-tree.js");
  const described = describeProgram(program);
  switch (shell) {
    case "bash":
      return (await import("../completion/bash.js")).toBashCompletion(described);
    case "zsh":
      return (await import("../completion/zsh.js")).toZshCompletion(described);
    case "fish":
      return (await import("../completion/fish.js")).toFishCompletion(described);
  }
}
