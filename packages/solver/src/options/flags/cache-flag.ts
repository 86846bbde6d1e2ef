// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { formatCsvLine, parseCsvLine, requirePair, sortedEntries } from "./csv.js";

/** A cache as `docker buildx build --cache-from` and `--cache-to` write it. */
export interface CacheFlag {
  readonly type: string;
  readonly attrs: Readonly<Record<string, string>>;
}

/**
 * Parses `type=registry,ref=app:cache`, or images alone: `app:cache,other:cache` are two caches.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseCacheFlag(text: string): readonly CacheFlag[] {
  const fields = parseCsvLine(text);
  if (!text.includes("=")) return fields.map(parseImage);
  const { type = "", ...attrs } = Object.fromEntries(fields.map(requirePair));
  if (type === "") throw invalidOption("cache", "A cache needs a type: type=registry, type=local");
  return [{ type, attrs }];
}

/** Each image is parsed as CSV once more, so that one with a comma in quotes is refused. */
function parseImage(text: string): CacheFlag {
  const [ref = "", ...more] = parseCsvLine(text);
  if (more.length > 0) throw invalidOption("cache", `${showValue(text)} is not one image`);
  return { type: "registry", attrs: { ref } };
}

export function formatCacheFlag({ type, attrs }: CacheFlag): string {
  const entries = sortedEntries(attrs);
  const [only] = entries;
  if (type === "registry" && entries.length === 1 && only?.[0] === "ref") return only[1];
  return formatCsvLine([["type", type], ...entries]);
}
