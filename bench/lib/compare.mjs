// SPDX-License-Identifier: Apache-2.0
import { rm } from "node:fs/promises";
import path from "node:path";
import { clientPrograms, prepareBuildx } from "./clients.mjs";
import { measure } from "./measure.mjs";
import { formatSummary, summarize } from "./report.mjs";
import { withRig } from "./rig.mjs";
import { takeTurns } from "./take-turns.mjs";

/** No measured build takes a tenth of it; one that hangs is counted. */
const TIMEOUT_MS = 120_000;

/**
 * What is compared.
 *
 * @template {{ name: string, bars: import("./report.mjs").Bars, modes?: readonly string[] }} C
 * @typedef {object} Comparison
 * @property {(testCase: C, contextDir: string, options: { scale: number, busybox: string }) => Promise<void>} write
 * fills the build context
 * @property {(rig: import("./rig.mjs").Rig, testCase: C) => import("./clients.mjs").Output | undefined} [output]
 * where the result goes; into Docker when there is none
 * @property {(rig: import("./rig.mjs").Rig, testCase: C, contextDir: string) => Promise<void>} [beforeSeries]
 * @property {(rig: import("./rig.mjs").Rig, testCase: C, contextDir: string) => Promise<void>} beforeRun
 * @property {(rig: import("./rig.mjs").Rig, testCase: C, scale: number) => Promise<void>} [afterRun] checks what came out
 */

/**
 * Runs every case in every mode with both clients, and prints what each needed.
 *
 * @param {Comparison} comparison
 * @param {import("./options.mjs").Options} options
 */
export async function compare(comparison, options) {
  await withRig(async (rig) => {
    const print = (text) => {
      if (!options.asJson) console.log(text);
    };
    const { docker } = rig.engine.versions;
    const versions = { node: process.version, docker, buildx: await prepareBuildx(rig) };
    print(Object.entries(versions).flat().join(" "));
    const cases = [];
    for (const testCase of options.cases) {
      const contextDir = path.join(rig.dir, testCase.name);
      await comparison.write(testCase, contextDir, { scale: options.scale, busybox: rig.engine.busybox });
      for (const mode of options.modes) {
        if (testCase.modes?.includes(mode) === false) continue;
        const runs = await runPairs({ rig, comparison, testCase, mode, contextDir, ...options });
        const summary = summarize(testCase.name, mode, runs);
        cases.push(summary);
        print(formatSummary(summary, testCase.bars));
      }
      await rm(contextDir, { recursive: true });
    }
    if (options.asJson) console.log(JSON.stringify({ versions, cases }, undefined, 2));
  });
}

/** Each client once unmeasured, then in turn; who goes first changes from pair to pair. */
async function runPairs({ rig, comparison, testCase, mode, contextDir, pairs, scale }) {
  const output = comparison.output?.(rig, testCase);
  const programs = clientPrograms(rig, { mode, contextDir, output });
  const runOne = async (name) => {
    await comparison.beforeRun(rig, testCase, contextDir);
    const { dir, engine } = rig;
    const measured = await measure(programs[name], { busybox: engine.busybox, dir, timeoutMs: TIMEOUT_MS });
    if (measured) await comparison.afterRun?.(rig, testCase, scale);
    return measured;
  };
  await comparison.beforeSeries?.(rig, testCase, contextDir);
  await runOne("bk");
  await runOne("buildx");
  return takeTurns(pairs, runOne);
}
