// SPDX-License-Identifier: Apache-2.0
import { neutralizeCommand, toPlainLine } from "@bk/solver/terminal-line";
import type { ProcessContext } from "./cli-context.js";

type Env = ProcessContext["env"];

/** Lines that a terminal takes as text only, and that give no commands to the runner of GitHub's workflows. */
export function toPlainText(text: string, env: Env): string {
  return withoutCommands(text.split("\n").map(toPlainLine).join("\n"), env);
}

/** Lines that give no commands to the runner of GitHub's workflows, where that reads what bk prints. */
export function withoutCommands(text: string, env: Env): string {
  return isWorkflow(env) ? text.split("\n").map(neutralizeCommand).join("\n") : text;
}

/** As `withoutCommands`, of JSON, whose values stay the same. */
export function jsonWithoutCommands(json: string, env: Env): string {
  // Outside its strings JSON has no such characters, and within them it has no lines.
  return isWorkflow(env) ? withoutCommands(json.replaceAll("##[", "#\\u0023["), env) : json;
}

function isWorkflow(env: Env): boolean {
  return env["GITHUB_ACTIONS"] === "true";
}
