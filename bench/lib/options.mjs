// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";

const DEFAULT_PAIRS = 5;
const MODES = ["embedded", "standalone"];

/**
 * @template C
 * @typedef {{ cases: readonly C[], modes: readonly string[], pairs: number, scale: number, asJson: boolean }} Options
 */

/** What the command line of a comparison says. */
export function usage(command, cases, defaultPairs = DEFAULT_PAIRS) {
  return `Usage: node bench/${command} [options]

  --json          print {cases: [{name, mode, wallRatio, cpuRatio, peakRssBytes, stallMs, pairs, hangs}]}
  --pairs N       measured runs of each client for each case (${defaultPairs})
  --case NAME     only this case: ${cases.map(({ name }) => name).join(", ")}
  --mode MODE     only this mode: ${MODES.join(", ")}
  --scale FACTOR  a fraction of the full sizes, to try the bench itself (1)

Ratios are bk to buildx, medians over the pairs; the peak is bk's highest resident set, the stall the longest
that its event loop was held up. Needs root on Debian or Ubuntu, and 6 GB of memory to spare for a tmpfs.
`;
}

/**
 * Undefined when only help was asked for, which is then printed.
 *
 * @template C
 * @param {string} command
 * @param {readonly C[]} allCases
 * @param {{ pairs: number }} [defaults]
 * @returns {Options<C> | undefined}
 */
export function readOptions(command, allCases, defaults = { pairs: DEFAULT_PAIRS }) {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      pairs: { type: "string", default: String(defaults.pairs) },
      case: { type: "string" },
      mode: { type: "string" },
      scale: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(usage(command, allCases, defaults.pairs));
  const cases = allCases.filter(({ name }) => values.case === undefined || values.case === name);
  const modes = MODES.filter((mode) => values.mode === undefined || values.mode === mode);
  const [pairs, scale] = [Number(values.pairs), Number(values.scale)];
  if (cases.length === 0 || modes.length === 0 || !(pairs >= 1) || !(scale > 0))
    throw new Error(usage(command, allCases, defaults.pairs));
  return { cases, modes, pairs, scale, asJson: values.json };
}
