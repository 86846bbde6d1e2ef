// SPDX-License-Identifier: Apache-2.0

/** Three lines: what happened, why, and what to try. The second is missing when the message does not say. */
export function formatErrorLines(message: string, advice: string): string {
  const [what, why] = splitMessage(message.trimEnd());
  const lines = [`bk: ${what}`, ...(why === "" ? [] : [`    ${upperFirst(why)}`]), `    Try: ${advice}`];
  return `${lines.join("\n")}\n`;
}

/** Messages of bk's packages read `What happened: why. More about it`, or as two sentences. */
function splitMessage(message: string): readonly [what: string, why: string] {
  const [, what = message, why = ""] = /^(.+?)(?:: |[.] (?=[A-Z]))(.+)$/s.exec(message) ?? [];
  return [what, why.replaceAll(/\s*\n\s*/g, " ")];
}

/** Not of what a system call failed with, such as `write ENOSPC`: those are names. */
function upperFirst(text: string): string {
  if (/^[a-z]+ E[A-Z]{3,}\b/.test(text)) return text;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
