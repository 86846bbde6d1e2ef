// SPDX-License-Identifier: Apache-2.0
import { toPlainLine } from "../terminal-line.js";
import type { SolveFailure } from "./solve-failure.js";
import { formatSourceSnippet } from "./source-snippet.js";

const MAX_COMMAND_CHARS = 120;
const MAX_REASON_CHARS = 1000;

/**
 * One line: `Build failed at Dockerfile:7: RUN make (stage build, step 3/4): exit code 2`. The place, the step
 * and the exit code are left out when they are not known.
 */
export function summarizeSolveFailure(failure: SolveFailure): string {
  const { source, command, exitCode } = failure;
  const place =
    source === undefined ? "" : ` at ${toOneLine(source.filename, MAX_COMMAND_CHARS)}:${source.line}`;
  const step =
    command === undefined ? "" : `${toOneLine(command, MAX_COMMAND_CHARS)}${formatPosition(failure)}: `;
  const reason =
    exitCode === undefined ? toOneLine(failure.message, MAX_REASON_CHARS) : `exit code ${exitCode}`;
  return `Build failed${place}: ${step}${reason}`;
}

export interface FailureTextOptions {
  /** With the last output of the step. Default: true; progress that was shown has it already. */
  readonly logs?: boolean | undefined;
}

/** Several lines for people: the summary, refusals of a policy, the Dockerfile's lines, the last output. */
export function formatSolveFailure(failure: SolveFailure, { logs = true }: FailureTextOptions = {}): string {
  const parts = [`${summarizeSolveFailure(failure)}\n`];
  for (const message of failure.denyMessages)
    parts.push(`Denied by policy: ${toOneLine(message, MAX_REASON_CHARS)}\n`);
  for (const source of failure.sources) {
    const lines = source.lines.map((line) => ({ ...line, text: toPlainLine(line.text) }));
    parts.push(`\n${formatSourceSnippet({ ...source, filename: toPlainLine(source.filename), lines })}`);
  }
  if (logs && failure.logs.length > 0)
    parts.push("\nLast lines of output:\n", ...failure.logs.map((line) => `  ${line}\n`));
  return parts.join("");
}

function formatPosition({ stage, step, platform }: SolveFailure): string {
  const words = [
    stage === undefined ? "" : `stage ${toOneLine(stage, MAX_COMMAND_CHARS)}`,
    step === undefined ? "" : `step ${step.number}/${step.total}`,
    toOneLine(platform ?? "", MAX_COMMAND_CHARS),
  ].filter((word) => word !== "");
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

/** Remote text in one line that a terminal takes as text only. */
function toOneLine(text: string, maxChars: number): string {
  const line = text
    .slice(0, maxChars * 2)
    .split(/[\r\n]+/)
    .map(toPlainLine)
    .join(" ")
    .trim();
  return line.length > maxChars ? `${line.slice(0, maxChars)}…` : line;
}
