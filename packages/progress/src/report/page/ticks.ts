// SPDX-License-Identifier: Apache-2.0

/** Round steps of time, in milliseconds. */
const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000],
  ...[60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000],
];

/** Round times between two others, at most `max` of them. */
export function findTicks(fromMs: number, toMs: number, max: number): readonly number[] {
  const spanMs = toMs - fromMs;
  if (!(spanMs > 0) || max < 1) return [];
  const step = STEPS.find((ms) => spanMs / ms <= max) ?? spanMs / max;
  const first = Math.ceil(fromMs / step);
  const count = Math.floor(toMs / step) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(count, max + 1)) }, (_, at) => (first + at) * step);
}

/** `0`, `250 ms`, `1.5 s`, `2:30`, `1:05:00`. */
export function formatTick(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1000) return `${Number(ms.toFixed(1))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`;
  const whole = Math.floor(seconds);
  const rest = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${rest}`;
  return `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest}`;
}
