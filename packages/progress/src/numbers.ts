// SPDX-License-Identifier: Apache-2.0

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
/** A span that does not fit 64 bits of nanoseconds is as long as one that just does. */
const MAX_SPAN_NS = 2n ** 63n - 1n;

/** As `toFixed`, but an exact tie goes to the even digit: 0.25 is `0.2`, 0.75 is `0.8`. */
export function toFixedEven(value: number, digits: number): string {
  const scaled = value * 10 ** digits;
  const tie = Number.isInteger(value * 2 ** (digits + 1)) && Math.abs(scaled % 1) === 0.5;
  return tie ? ((2 * Math.round(scaled / 2)) / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

/** Powers of 1000 with two decimals; whole bytes below: `999B`, `1.50kB`. */
export function formatBytes(bytes: number): string {
  let power = 0;
  let unit = 1;
  while (Math.abs(bytes) >= unit * 1000 && power < UNITS.length - 1) {
    unit *= 1000;
    power++;
  }
  return `${power === 0 ? bytes : toFixedEven(bytes / unit, 2)}${UNITS[power]}`;
}

/** Seconds from one time to another, both in nanoseconds. Negative when the order is wrong. */
export function secondsBetween(fromNs: bigint, toNs: bigint): number {
  const span = toNs - fromNs;
  const ns = span > MAX_SPAN_NS ? MAX_SPAN_NS : span < -MAX_SPAN_NS ? -MAX_SPAN_NS : span;
  // Whole seconds apart from the rest: the sum then rounds once.
  return Number(ns / 1_000_000_000n) + Number(ns % 1_000_000_000n) / 1e9;
}
