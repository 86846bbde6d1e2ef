// SPDX-License-Identifier: Apache-2.0

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes for people, in powers of 1000: `0 B`, `1.5 kB`, `12 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit]}`;
}

/** The largest two units of a span: `950 ms`, `12.3 s`, `4 min 5 s`, `3 h 2 min`, `2 days`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** How long ago a time was; "" for none. */
export function formatAge(date: Date | undefined, now: number = Date.now()): string {
  return date === undefined ? "" : `${formatDuration(Math.max(0, now - date.getTime()))} ago`;
}

/** Lines of a table with aligned columns. Columns named with a leading `>` are aligned to the right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = columns.map((name) => name.replace(/^>/, ""));
  const widths = names.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) =>
        columns[at]?.startsWith(">") ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return `${[names, ...rows].map(line).join("\n")}\n`;
}
