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
 * daemon's own operators `==`, `!=` and `~=`.
 *
 * @throws {UsageError}
 */
export function parseCacheFilter(texts: readonly string[]): CacheFilter {
  const parts: string[] = [];
  let usedBeforeMs: number | undefined;
  for (const text of texts) {
    const [, key = "", operator = "", value = ""] = /^([^=!~]+)(==|!=|~=|=)?(.*)$/s.exec(text) ?? [];
    if (key === "") throw new UsageError(`--filter needs KEY=VALUE, and got ${JSON.stringify(text)}`);
    if (key === "until" || key === "unused-for") usedBeforeMs = parseDuration("--filter until", value);
    else parts.push(operator === "" ? key : key + toOperator(key, operator) + quote(value));
  }
  return { filter: parts.length === 0 ? [] : [parts.join(",")], usedBeforeMs };
}

function toOperator(key: string, operator: string): string {
  if (operator !== "=") return operator;
  return key === "id" ? "~=" : "==";
}

function quote(value: string): string {
  return /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
}
