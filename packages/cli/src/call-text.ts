// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { FrontendAnswer } from "@bk/client";
import type { CallFlag } from "@bk/solver/flags";
import type { ProcessContext } from "./cli-context.js";
import { EXIT_CODES } from "./exit-codes.js";
import { jsonWithoutCommands, toPlainText } from "./plain-text.js";
import { toVisibleJsonText } from "./visible-text.js";

/** How an answer is shown, and what the command exits with. */
export interface CallOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface CallTextOptions {
  /** What the Dockerfile is called in place of the frontend's name for it. */
  readonly filename?: string | undefined;
  readonly env: ProcessContext["env"];
}

/** The version of the answers that are understood here. Of a newer one, the frontend's own text is shown. */
const KNOWN_VERSION = "1.0.0";

/**
 * Shows the answer to a call as docker buildx does. What a terminal would act on is taken out of text, and escaped in
 * JSON, and so are commands to the runner of GitHub's workflows. A Dockerfile that cannot be built fails the check even when its status is to be ignored.
 *
 * @throws {SolverError} `BK_ANSWER_INVALID`
 */
export async function formatCall(
  call: CallFlag,
  answer: FrontendAnswer,
  { filename, env }: CallTextOptions,
): Promise<CallOutput> {
  const { formatCheck, formatCheckError, parseCheck } = await import("@bk/solver");
  const check = call.name === "lint" ? parseCheck(answer) : undefined;
  const isNewer = answer.version.localeCompare(KNOWN_VERSION, "en", { numeric: true }) > 0;
  const text = check && !isNewer ? formatCheck(check, { filename }) : answer.text;
  const status = call.ignoreStatus ? EXIT_CODES.ok : answer.statusCode;
  return {
    stdout:
      call.format === "json"
        ? `${jsonWithoutCommands(toVisibleJsonText(answer.json), env)}\n`
        : toPlainText(text, env),
    stderr: check?.error ? toPlainText(formatCheckError(check.error, { filename }), env) : "",
    exitCode: check?.error ? EXIT_CODES.failed : status,
  };
}

/** What docker buildx calls the Dockerfile. What comes from stdin or a URL keeps the frontend's name. */
export function dockerfileName(contextPath: string, file: string | undefined): string | undefined {
  if (file === "-") return "stdin";
  if (file !== undefined) return file;
  return contextPath === "-" || contextPath.includes("://") ? undefined : join(contextPath, "Dockerfile");
}
