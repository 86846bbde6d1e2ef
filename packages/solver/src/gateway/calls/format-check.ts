// SPDX-License-Identifier: Apache-2.0
import { formatSourceSnippet, type SourceSnippet } from "../../failure/source-snippet.js";
import type { CheckResult, LintError, LintWarning } from "./check-build.js";

export interface FormatCheckOptions {
  /** What the Dockerfile is called, in place of the frontend's `Dockerfile`. */
  readonly filename?: string | undefined;
}

/**
 * The warnings as `docker buildx build --check` prints them. The text is other people's: it may hold what a terminal
 * acts on.
 */
export function formatCheck({ warnings, error }: CheckResult, options: FormatCheckOptions = {}): string {
  if (warnings.length === 0) return error ? "" : "Check complete, no warnings found.\n";
  const found = warnings.length === 1 ? "1 warning has" : `${warnings.length} warnings have`;
  const parts = warnings.map((warning) => formatWarning(warning, options));
  return `Check complete, ${found} been found!\n${parts.join("")}${error ? "\n" : ""}`;
}

/** Why the Dockerfile cannot be built, with the lines that say so. */
export function formatCheckError({ message, source }: LintError, options: FormatCheckOptions = {}): string {
  return `${message}\n${formatPlace(source, options)}`;
}

function formatWarning({ rule, url, detail, source }: LintWarning, options: FormatCheckOptions): string {
  const link = url === "" ? "" : ` - ${url}`;
  return `\nWARNING: ${rule}${link}\n${detail}\n${formatPlace(source, options)}`;
}

function formatPlace(source: SourceSnippet | undefined, { filename }: FormatCheckOptions): string {
  if (!source) return "";
  return formatSourceSnippet(filename === undefined ? source : { ...source, filename });
}
