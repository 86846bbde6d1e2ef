// SPDX-License-Identifier: Apache-2.0

/** A range of a source file. Lines count from 1, columns from 0; 0 as the last line means one line only. */
export interface SourceRange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
}

/** A source file and the ranges in it that something is said about. */
export interface SourceText {
  readonly filename: string;
  readonly text: string;
  readonly ranges: readonly SourceRange[];
}

export interface SnippetLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Whether a range covers this line; the others are context. */
  readonly marked: boolean;
}

/** The lines of a source file around its ranges. */
export interface SourceSnippet {
  readonly filename: string;
  /** First marked line, from 1. */
  readonly line: number;
  /** Column where the first range starts, from 1. */
  readonly column: number;
  /** Last marked line. */
  readonly endLine: number;
  readonly lines: readonly SnippetLine[];
}

/** More ranges than this are not looked at: the daemon sends one or two. */
const MAX_RANGES = 64;
const RULE = "--------------------\n";

/**
 * Cuts out the marked lines with context: two lines on each side of a single line, one of a longer range.
 * Undefined when the ranges do not lie in the text.
 *
 * Must match the daemon's own client: Source.Print of moby/buildkit, solver/errdefs/source.go.
 */
export function createSourceSnippet({ filename, text, ranges }: SourceText): SourceSnippet | undefined {
  return createLinesSnippet({ filename, sourceLines: text.split("\n"), ranges });
}

/** A source file that is cut into lines already, for several snippets of it. */
export interface SourceLines extends Omit<SourceText, "text"> {
  readonly sourceLines: readonly string[];
  /** Later lines are left out. Default: none. */
  readonly maxLines?: number | undefined;
}

/** As `createSourceSnippet`. */
export function createLinesSnippet(source: SourceLines): SourceSnippet | undefined {
  const { filename, sourceLines, ranges, maxLines = Number.POSITIVE_INFINITY } = source;
  const spans = ranges.slice(0, MAX_RANGES).map((range) => ({
    start: range.startLine,
    end: Math.max(range.startLine, range.endLine),
    column: range.startColumn + 1,
  }));
  const first = spans.reduce<(typeof spans)[number] | undefined>(
    (best, span) => (best === undefined || span.start < best.start ? span : best),
    undefined,
  );
  if (first === undefined || first.start < 1 || first.start > sourceLines.length) return undefined;
  const endLine = Math.min(Math.max(...spans.map((span) => span.end)), sourceLines.length);
  const context = first.start === endLine ? 2 : 1;
  const from = Math.max(first.start - context, 1);
  const lines = sourceLines
    .slice(from - 1, Math.min(endLine + context, from - 1 + maxLines))
    .map((lineText, index) => {
      const line = from + index;
      return { line, text: lineText, marked: spans.some(({ start, end }) => start <= line && line <= end) };
    });
  return { filename, line: first.start, column: first.column, endLine, lines };
}

/** The snippet as the daemon's own tools print it, `>>>` before the marked lines. */
export function formatSourceSnippet({ filename, line: first, lines }: SourceSnippet): string {
  const body = lines.map(({ line, text, marked }) => {
    return ` ${String(line).padStart(3)} | ${marked ? ">>>" : "   "} ${text}\n`;
  });
  return `${filename}:${first}\n${RULE}${body.join("")}${RULE}`;
}
