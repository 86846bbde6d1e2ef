// SPDX-License-Identifier: Apache-2.0
import type { SolveFailure, SourceSnippet, VertexWarning } from "@bk/solver";
import type { ReportFailure, ReportStep, ReportWarning } from "./report-data.js";
import { toLineText, toPlainText } from "./safe-text.js";

const MAX_LINES = 40;
const MAX_LINE_CHARS = 500;
const MAX_DETAILS = 20;
const MAX_MESSAGE_CHARS = 16 << 10;
const LAST_LINES = 20;

type ToStep = (digest: string) => number | undefined;

export function toWarning(warning: VertexWarning, toStep: ToStep): ReportWarning {
  const { vertex, short, detail, url = "", source } = warning;
  return {
    text: cutLine(short),
    detail: detail.slice(0, MAX_DETAILS).map(cutLine),
    // Of other kinds of links, some do things.
    url: /^https?:\/\//i.test(url) ? cutLine(url) : undefined,
    step: toStep(vertex),
    source: source && toSafeSource(source),
  };
}

/** The failure as it was explained, or else as the first step tells it that failed. */
export function toFailure(
  failure: Partial<SolveFailure> | undefined,
  steps: readonly ReportStep[],
  toStep: ToStep,
): ReportFailure | undefined {
  const failed = steps.findIndex(({ phase }) => phase === "failed");
  const step = toStep(failure?.vertex?.digest ?? "") ?? (failed < 0 ? undefined : failed);
  const message = failure?.message || steps[step ?? -1]?.error;
  if (message === undefined) return undefined;
  const told = failure?.logs ?? [];
  return {
    message: toPlainText(message.slice(0, MAX_MESSAGE_CHARS)),
    command: toCommand(failure?.command) ?? steps[step ?? -1]?.command,
    exitCode: failure?.exitCode,
    step,
    sources: (failure?.sources ?? []).map(toSafeSource),
    denyMessages: (failure?.denyMessages ?? []).slice(0, MAX_DETAILS).map(cutLine),
    lastLines: (told.length > 0 ? told : lastLinesOf(steps[step ?? -1]?.log ?? "")).map(cutLine),
  };
}

function lastLinesOf(log: string): readonly string[] {
  return log === "" ? [] : log.split("\n").slice(-LAST_LINES);
}

function toCommand(command: string | undefined): string | undefined {
  return command === undefined ? undefined : toLineText(command);
}

function toSafeSource(source: SourceSnippet): SourceSnippet {
  const lines = source.lines.slice(0, MAX_LINES).map((line) => ({ ...line, text: cutLine(line.text) }));
  return { ...source, filename: cutLine(source.filename), lines };
}

function cutLine(text: string): string {
  return toLineText(text.slice(0, MAX_LINE_CHARS));
}
