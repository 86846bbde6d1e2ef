// SPDX-License-Identifier: Apache-2.0

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})T(\d|[01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,]\d+)?(?:Z|([+-])([01]\d|2[0-4]):([0-5]\d|60))$/;

/**
 * Whole seconds since 1970 of a time such as `2024-05-01T10:00:00.5+02:00`, `undefined` for anything else. Date.parse
 * also takes other forms, and days that a month does not have. Must match Go's time package, which also takes an hour of
 * one digit, a comma, and an offset of up to 24 hours and 60 minutes.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, day = "", hours, minutes, seconds, sign, offsetHours = 0, offsetMinutes = 0] = match;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const local = midnight.getTime() / 1000 + toSeconds(hours, minutes) + Number(seconds);
  const offset = toSeconds(offsetHours, offsetMinutes);
  return sign === "-" ? local + offset : local - offset;
}

function toSeconds(hours: string | number | undefined, minutes: string | number | undefined): number {
  return Number(hours) * 3600 + Number(minutes) * 60;
}
