// SPDX-License-Identifier: Apache-2.0
import { toPlainLine, type VertexWarning } from "@bk/solver";

const MAX_SHOWN = 10;
const MAX_CHARS = 500;

/** Lines for the end of a build: how many warnings there were, and what they say. */
export function formatWarnings(warnings: readonly VertexWarning[]): readonly string[] {
  // A stage that is built for several platforms repeats its warnings.
  const texts = [...new Set(warnings.map(formatWarning))];
  if (texts.length === 0) return [];
  const count = texts.length === 1 ? "1 warning" : `${texts.length} warnings`;
  const left = texts.length - MAX_SHOWN;
  return [
    "",
    ` ${count} found (bk build --check shows the lines):`,
    ...texts.slice(0, MAX_SHOWN).map((text) => ` - ${text}`),
    ...(left > 0 ? [` - ... and ${left} more`] : []),
  ];
}

function formatWarning({ short, source }: VertexWarning): string {
  const text = toPlainLine(short.slice(0, MAX_CHARS));
  if (source === undefined || /\(line \d+\)$/.test(text)) return text;
  return `${text} (${toPlainLine(source.filename)}:${source.line})`;
}
