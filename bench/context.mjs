// SPDX-License-Identifier: Apache-2.0
// Sends large build contexts with bk and with docker buildx in turn, and compares what each needed.
import { rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { clientPrograms, prepareBuildx } from "./lib/clients.mjs";
import { forgetContexts } from "./lib/cold-cache.mjs";
import { CASES, writeContext } from "./lib/contexts.mjs";
import { measure } from "./lib/measure.mjs";
import { formatSummary, summarize } from "./lib/report.mjs";
import { withRig } from "./lib/rig.mjs";

const USAGE = `Usage: node bench/context.mjs [options]

  --json          print {cases: [{name, mode, wallRatio, cpuRatio, peakRssBytes, pairs}]}
  --pairs N       measured runs of each client for each case (3)
  --case NAME     only this case: ${CASES.map(({ name }) => name).join(", ")}
  --mode MODE     only this mode: embedded, standalone
  --scale FACTOR  a fraction of the full sizes, to try the bench itself (1)

Ratios are bk to buildx, medians over the pairs; the peak is bk's highest resident set.
Needs root on Debian or Ubuntu, and 4 GB of memory to spare for a tmpfs.
`;

async function main() {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean" },
      pairs: { type: "string", default: "3" },
      case: { type: "string" },
      mode: { type: "string" },
      scale: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const cases = CASES.filter(({ name }) => values.case === undefined || values.case === name);
  const modes = ["embedded", "standalone"].filter(
    (mode) => values.mode === undefined || values.mode === mode,
  );
  const [pairs, scale] = [Number(values.pairs), Number(values.scale)];
  if (cases.length === 0 || modes.length === 0 || !(pairs >= 1) || !(scale > 0)) throw new Error(USAGE);
  await withRig((rig) => compare(rig, { cases, modes, pairs, scale, asJson: values.json === true }));
}

async function compare(rig, { cases, modes, pairs, scale, asJson }) {
  const buildx = await prepareBuildx(rig);
  const versions = { node: process.version, docker: rig.engine.versions.docker, buildx };
  const print = (text) => {
    if (!asJson) console.log(text);
  };
  print(Object.entries(versions).flat().join(" "));
  const summaries = [];
  for (const testCase of cases) {
    const contextDir = path.join(rig.dir, testCase.name);
    await writeContext(testCase, contextDir, { scale, busybox: rig.engine.busybox });
    for (const mode of modes) {
      const summary = summarize(testCase.name, mode, await runPairs(rig, mode, contextDir, pairs));
      summaries.push(summary);
      print(formatSummary(summary));
    }
    await rm(contextDir, { recursive: true });
  }
  if (asJson) console.log(JSON.stringify({ versions, cases: summaries }, undefined, 2));
}

/** Each client once unmeasured, then in turn; who goes first changes from pair to pair. */
async function runPairs(rig, mode, contextDir, pairs) {
  const programs = clientPrograms(rig, mode, contextDir);
  const runOne = async (name) => {
    await forgetContexts(rig.engine.dockerSocket);
    return measure(programs[name], { busybox: rig.engine.busybox, dir: rig.dir });
  };
  await runOne("bk");
  await runOne("buildx");
  const runs = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const measured = {};
    for (const name of pair % 2 === 0 ? ["bk", "buildx"] : ["buildx", "bk"])
      measured[name] = await runOne(name);
    runs.push(measured);
  }
  return runs;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
