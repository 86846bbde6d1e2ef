// SPDX-License-Identifier: Apache-2.0
import type { Daemon } from "../../daemon/daemon.js";
import {
  isJsonObject,
  type JsonObject,
  readInteger,
  readObject,
  readString,
} from "../../failure/json-fields.js";
import { createLinesSnippet, type SourceSnippet } from "../../failure/source-snippet.js";
import type { SolveCallOptions } from "../../solve-call-options.js";
import { callFrontend, type FrontendAnswer } from "./call-frontend.js";
import { parseAnswer, readItems, readRanges } from "./parse-answer.js";

/** Something in a Dockerfile that works and should be otherwise. */
export interface LintWarning {
  /** The rule's name: `StageNameCasing`. */
  readonly rule: string;
  /** What the rule asks for. */
  readonly description: string;
  /** What is wrong here. */
  readonly detail: string;
  /** Where the rule is explained; may be empty. */
  readonly url: string;
  readonly source: SourceSnippet | undefined;
}

/** Why the Dockerfile cannot be built at all. */
export interface LintError {
  readonly message: string;
  readonly source: SourceSnippet | undefined;
}

export interface CheckResult extends FrontendAnswer {
  /** By place: those without one first, then by file and line. */
  readonly warnings: readonly LintWarning[];
  readonly error: LintError | undefined;
}

/** Lines of snippets in one result. */
const MAX_LINES = 100_000;

/**
 * Looks for mistakes in a Dockerfile without building it. A Dockerfile that cannot be built is no failure but the
 * result's `error`.
 *
 * @throws as `callFrontend`
 */
export async function checkBuild(daemon: Daemon, options: SolveCallOptions): Promise<CheckResult> {
  return parseCheck(await callFrontend(daemon, options, "lint"));
}

/** Fields that are not known are ignored, and those of another type are empty: frontends come from anywhere. */
export function parseCheck(answer: FrontendAnswer): CheckResult {
  const object = parseAnswer(answer.json);
  const snippetOf = createSnippets(readItems(object, "sources"));
  const warnings = readItems(object, "warnings").map((warning) => ({
    rule: readString(warning, "ruleName"),
    description: readString(warning, "description"),
    detail: readString(warning, "detail"),
    url: readString(warning, "url"),
    source: snippetOf(warning),
  }));
  const error = object["buildError"];
  return {
    ...answer,
    warnings: warnings.sort(compareByPlace),
    error: isJsonObject(error)
      ? { message: readString(error, "message"), source: snippetOf(error) }
      : undefined,
  };
}

/** Each file is cut into lines once, however many warnings it has, and the lines of all snippets are bounded. */
function createSnippets(sources: readonly JsonObject[]): (item: JsonObject) => SourceSnippet | undefined {
  const files = sources.map((source) => ({
    filename: readString(source, "filename"),
    sourceLines: Buffer.from(readString(source, "data"), "base64").toString("utf8").split("\n"),
  }));
  let maxLines = MAX_LINES;
  return (item) => {
    const file = files[readInteger(readObject(item, "location"), "sourceIndex")];
    if (!file || maxLines <= 0) return undefined;
    const snippet = createLinesSnippet({ ...file, ranges: readRanges(item), maxLines });
    maxLines -= snippet?.lines.length ?? 0;
    return snippet;
  };
}

/** Must match the daemon's own client: LintResults.PrintTo of moby/buildkit, frontend/subrequests/lint. */
function compareByPlace(a: LintWarning, b: LintWarning): number {
  if (!a.source || !b.source) {
    if (a.source || b.source) return a.source ? 1 : -1;
    return compareText(a.rule, b.rule);
  }
  return compareText(a.source.filename, b.source.filename) || a.source.line - b.source.line;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
