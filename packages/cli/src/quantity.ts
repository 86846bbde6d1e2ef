// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "./usage-error.js";

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
/** As Docker reads sizes: powers of 1024, whatever the spelling. */
const SIZE_UNITS = ["", "k", "m", "g", "t", "p"];

/** `24h`, `1h30m`, `2d`, in milliseconds. @throws {UsageError} naming the flag. */
export function parseDuration(flag: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new UsageError(`${flag} needs a duration such as 24h or 1h30m, and got ${JSON.stringify(text)}`);
  }
  return parts.reduce((sum, [, value, unit = ""]) => sum + Number(value) * (DURATION_MS[unit] ?? 0), 0);
}

/** `512MB`, `10g`, `1.5GiB`, in bytes. @throws {UsageError} naming the flag. */
export function parseSize(flag: string, text: string): number {
  const [, value, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?$/i.exec(text) ?? [];
  if (value === undefined) {
    throw new UsageError(`${flag} needs a size such as 512MB or 10GB, and got ${JSON.stringify(text)}`);
  }
  return Math.round(Number(value) * 1024 ** SIZE_UNITS.indexOf(unit.toLowerCase()));
}
