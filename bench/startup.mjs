// SPDX-License-Identifier: Apache-2.0
// Starts bk, and builds a small context of which every step is cached, beside `node` and `docker buildx build`: what a
// build takes when there is nothing to build.
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareBuildx } from "./lib/clients.mjs";
import { readOptions } from "./lib/options.mjs";
import { formatSummary, summarize } from "./lib/report.mjs";
import { withRig } from "./lib/rig.mjs";
import { linkBuildx, openLibrary, startPrograms, timeProgram } from "./lib/startup-programs.mjs";
import { takeTurns } from "./lib/take-turns.mjs";

const CASES = [
  { name: "version", bars: { wallRatio: 1.5 }, modes: ["embedded"], other: "node -e 0" },
  { name: "cached-build", bars: { wallRatio: 0.6 } },
  { name: "cached-build-open-client", bars: { wallRatio: 0.25 } },
];
/** Short runs vary more than long ones. */
const DEFAULT_PAIRS = 21;

try {
  const options = readOptions("startup.mjs", CASES, { pairs: DEFAULT_PAIRS });
  if (options) await withRig((rig) => run(rig, options));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function run(rig, { cases: wanted, modes, pairs, asJson }) {
  const print = (text) => {
    if (!asJson) console.log(text);
  };
  const versions = {
    node: process.version,
    docker: rig.engine.versions.docker,
    buildx: await prepareBuildx(rig),
  };
  print(Object.entries(versions).flat().join(" "));
  await linkBuildx(rig);
  const contextDir = await writeContext(rig);
  const cases = [];
  for (const testCase of wanted) {
    for (const mode of modes) {
      if (testCase.modes?.includes(mode) === false) continue;
      const summary = summarize(
        testCase.name,
        mode,
        await runCase(rig, testCase, { mode, contextDir, pairs }),
      );
      cases.push(summary);
      print(formatSummary(summary, testCase.bars, testCase.other));
    }
  }
  await rm(contextDir, { recursive: true });
  if (asJson) console.log(JSON.stringify({ versions, cases }, undefined, 2));
}

async function writeContext(rig) {
  const dir = path.join(rig.dir, "small");
  await mkdir(dir);
  await writeFile(path.join(dir, "Dockerfile"), "FROM scratch\nCOPY a /a\nCOPY b /b\n");
  await writeFile(path.join(dir, "a"), "a");
  await writeFile(path.join(dir, "b"), "b");
  return dir;
}

/** Both, with a client that is open all the while for the case of the library. */
async function runCase(rig, testCase, options) {
  const programs = startPrograms(rig, testCase.name, options);
  if (programs.bk) return await runPairs(rig, programs, options.pairs);
  const library = await openLibrary(rig, options);
  try {
    return await runPairs(rig, programs, options.pairs, library);
  } finally {
    await library.close();
  }
}

/** Each of the two twice unmeasured, so that every step is cached; then in turn, and who goes first changes. */
async function runPairs(rig, programs, pairs, library) {
  const runOne = (name) => (name === "bk" && library ? library.build() : timeProgram(programs[name], rig));
  for (const name of ["bk", "buildx", "bk", "buildx"]) await runOne(name);
  return takeTurns(pairs, runOne);
}
