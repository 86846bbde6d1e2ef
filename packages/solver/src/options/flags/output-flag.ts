// SPDX-License-Identifier: Apache-2.0
import { invalidOption } from "../invalid-option.js";
import { trimSpace } from "../letters.js";
import { formatCsvLine, parseCsvLine, requirePair, sortedEntries } from "./csv.js";

/** Where a result goes, as `docker buildx build --output` writes it. */
export interface OutputFlag {
  readonly type: string;
  /** A path, `-` for stdout, or empty. */
  readonly destination: string;
  readonly attrs: Readonly<Record<string, string>>;
}

/**
 * Parses `type=image,push=true`, or a path alone: a directory, or `-` for a tar on stdout.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseOutputFlag(text: string): OutputFlag {
  const fields = parseCsvLine(text);
  if (fields.length === 1 && fields[0] === text && !text.startsWith("type=")) {
    return { type: text === "-" ? "tar" : "local", destination: text, attrs: {} };
  }
  const pairs = new Map(fields.map(requirePair).map(([key, value]) => [trimSpace(key), value]));
  const { type = "", dest = "", ...attrs } = Object.fromEntries(pairs);
  if (type === "") throw invalidOption("exports", "An output needs a type: type=image, type=local");
  return { type, destination: dest, attrs };
}

export function formatOutputFlag({ type, destination, attrs }: OutputFlag): string {
  const place = destination === "" ? [] : [["dest", destination] as const];
  return formatCsvLine([["type", type], ...place, ...sortedEntries(attrs)]);
}
