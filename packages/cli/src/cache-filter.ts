// SPDX-License-Identifier: Apache-2.0
import { parseDuration } from "./quantity.js";
import { UsageError } from "./usage-error.js";

/** What `--filter` selects of the build cache. */
export interface CacheFilter {
  /** In the daemon's language: one expression, all parts of which must hold. */
  readonly filter: readonly string[];
  /** Of `until`: what a build has used within this time is not meant. */
  readonly usedBeforeMs: number | undefined;
}

/**
 * Reads `--filter` values as buildx has them: `until=24h`, `type=source.local`, `id=abc` (contains), and the
 * daemon's own operators `==`, `!=` and `~=`. `until` and `unused-for` say the same, and are taken once, with `=`: a
 * prune must not remove more than was meant.
 *
 * @throws {UsageError}
 */
export function parseCacheFilter(texts: readonly string[]): CacheFilter {
  const parts: string[] = [];
  let usedBeforeMs: number | undefined;
  for (const text of texts) {
    const [, key = "", operator = "", value = ""] = /^([^=!~]+)(==|!=|~=|=)?(.*)$/s.exec(text) ?? [];
    if (key === "" || (operator === "" && value !== ""))
      throw new UsageError(`--filter needs KEY=VALUE, and got ${JSON.stringify(text)}`);
    if (key === "until" || key === "unused-for") {
      if (usedBeforeMs !== undefined)
        throw new UsageError("--filter takes one of until and unused-for, and once: both say the same");
      usedBeforeMs = parseAge(key, operator, value);
    } else parts.push(operator === "" ? key : key + toOperator(key, operator) + quote(value));
  }
  return { filter: parts.length === 0 ? [] : [parts.join(",")], usedBeforeMs };
}

function parseAge(key: string, operator: string, value: string): number {
  if (operator !== "=")
    throw new UsageError(
      `--filter ${key} takes = alone, as in ${key}=24h, and got ${operator || "no value"}`,
    );
  return parseDuration(`--filter ${key}`, value);
}

function toOperator(key: string, operator: string): string {
  if (operator !== "=") return operator;
  return key === "id" ? "~=" : "==";
}

function quote(value: string): string {
  return /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
}
