// SPDX-License-Identifier: Apache-2.0

const MB = 1e6;

/**
 * Sums one case up.
 *
 * @typedef {import("./measure.mjs").Measurement} Measurement
 * @param {string} name
 * @param {string} mode
 * @param {readonly { bk: Measurement, buildx: Measurement }[]} runs one pair for each round
 */
export function summarize(name, mode, runs) {
  return {
    name,
    mode,
    // Each pair ran side by side; the median leaves out a pair that something else disturbed.
    wallRatio: round(median(runs.map(({ bk, buildx }) => bk.wallMs / buildx.wallMs))),
    cpuRatio: round(median(runs.map(({ bk, buildx }) => bk.cpuMs / buildx.cpuMs))),
    peakRssBytes: Math.max(...runs.map(({ bk }) => bk.peakRssBytes)),
    pairs: runs.length,
    runs,
  };
}

/** One line of text for people. */
export function formatSummary({ name, mode, wallRatio, cpuRatio, peakRssBytes, runs }) {
  const client = (key) => {
    const of = (field) => median(runs.map((run) => run[key][field]));
    const peak = Math.max(...runs.map((run) => run[key].peakRssBytes));
    return `${key} ${seconds(of("wallMs"))} wall ${seconds(of("cpuMs"))} cpu ${megabytes(peak)}`;
  };
  const ratios = `wall ${wallRatio}x  cpu ${cpuRatio}x  peak ${megabytes(peakRssBytes)}`;
  return `${name.padEnd(12)} ${mode.padEnd(11)} ${ratios}   (${client("bk")}; ${client("buildx")})`;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}

function megabytes(bytes) {
  return `${(bytes / MB).toFixed(0)} MB`;
}
