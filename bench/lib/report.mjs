// SPDX-License-Identifier: Apache-2.0

const MB = 1e6;

/**
 * Sums one case up. A pair in which a client hung counts for no ratio.
 *
 * @typedef {import("./measure.mjs").Measurement} Measurement
 * @typedef {{ wallRatio?: number, cpuRatio?: number, peakRssBytes?: number, stallMs?: number }} Bars what bk is to stay within
 * @param {string} name
 * @param {string} mode
 * @param {readonly { bk: Measurement | undefined, buildx: Measurement | undefined }[]} pairs undefined for a hang
 */
export function summarize(name, mode, pairs) {
  const runs = pairs.filter(({ bk, buildx }) => bk && buildx);
  const highest = (field) => Math.max(...pairs.flatMap(({ bk }) => (bk ? [bk[field]] : [])));
  return {
    name,
    mode,
    // Each pair ran side by side; the median leaves out a pair that something else disturbed.
    wallRatio: round(median(runs.map(({ bk, buildx }) => bk.wallMs / buildx.wallMs))),
    cpuRatio: round(median(runs.map(({ bk, buildx }) => bk.cpuMs / buildx.cpuMs))),
    peakRssBytes: highest("peakRssBytes"),
    stallMs: round(highest("stallMs")),
    pairs: runs.length,
    hangs: { bk: countHangs(pairs, "bk"), buildx: countHangs(pairs, "buildx") },
    runs,
  };
}

/** Two lines of text for people: what is held against a bar, and what each needed, bk and the other. */
export function formatSummary(summary, bars, other = "buildx") {
  const { name, mode, hangs } = summary;
  const shown = [
    showBar("wall", summary.wallRatio, bars.wallRatio, ratio),
    showBar("cpu", summary.cpuRatio, bars.cpuRatio, ratio),
    showBar("peak", summary.peakRssBytes, bars.peakRssBytes, megabytes),
    ...(Number.isNaN(summary.stallMs) ? [] : [showBar("stall", summary.stallMs, bars.stallMs, milliseconds)]),
  ];
  const hung = Object.entries(hangs).flatMap(([client, times]) =>
    times > 0 ? [`${client === "bk" ? client : other} hung ${times}x`] : [],
  );
  const clients = [
    formatClient("bk", summary),
    `${other}${formatClient("buildx", summary).slice("buildx".length)}`,
  ];
  return `${name} ${mode}: ${[...shown, ...hung].join(", ")}\n  ${clients.join("; ")}`;
}

function formatClient(key, { runs }) {
  const of = (field) => runs.map((run) => run[key][field]);
  const peak = Math.max(...of("peakRssBytes"));
  return `${key} ${seconds(median(of("wallMs")))} wall ${seconds(median(of("cpuMs")))} cpu ${megabytes(peak)}`;
}

function showBar(label, value, bar, format) {
  if (bar === undefined) return `${label} ${format(value)}`;
  return `${label} ${format(value)} (${value <= bar ? "within" : "OVER"} ${format(bar)})`;
}

function countHangs(pairs, key) {
  return pairs.filter((pair) => !pair[key]).length;
}

/** NaN of nothing. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

function ratio(value) {
  return `${value}x`;
}

function milliseconds(ms) {
  return `${ms.toFixed(0)} ms`;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}

function megabytes(bytes) {
  return `${(bytes / MB).toFixed(0)} MB`;
}
