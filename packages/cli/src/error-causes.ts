// SPDX-License-Identifier: Apache-2.0

const MAX_CAUSES = 20;

/** For `--debug`: the error and its causes, each with its code and where in the program it arose. */
export function formatCauses(error: unknown): string {
  const lines = ["Causes:"];
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < MAX_CAUSES) {
    const current = queue.shift();
    if (seen.has(current)) continue;
    seen.add(current);
    lines.push(...formatCause(current));
    if (current instanceof AggregateError) queue.push(...current.errors);
    if (current instanceof Error && current.cause !== undefined) queue.push(current.cause);
  }
  return `${lines.join("\n")}\n`;
}

function formatCause(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [`  ${typeof error}`];
  const code = "code" in error && error.code !== undefined ? ` [${String(error.code)}]` : "";
  return [`  ${error.name}${code}: ${messageOf(error)}`, ...framesOf(error)];
}

/** What cannot be parsed is quoted by its SyntaxError, and may be a config or an answer that holds credentials. */
function messageOf(error: Error): string {
  return error instanceof SyntaxError
    ? "(it quotes what was read)"
    : error.message.replaceAll("\n", "\n    ");
}

/** The stack without the message that heads it. */
function framesOf({ stack = "" }: Error): readonly string[] {
  return stack.split("\n").filter((line) => /^ {4}at /.test(line));
}
