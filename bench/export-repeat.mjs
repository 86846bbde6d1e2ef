// SPDX-License-Identifier: Apache-2.0
// Exports 50,000 files into a local directory again and again, and counts how often all of them arrived.
import path from "node:path";
import { parseArgs } from "node:util";
import { clientPrograms, prepareBuildx } from "./lib/clients.mjs";
import { clearExport, exportDir, filesCase, localOutput, writeExportContext } from "./lib/exports.mjs";
import { measure } from "./lib/measure.mjs";
import { median } from "./lib/report.mjs";
import { withRig } from "./lib/rig.mjs";

const USAGE = `Usage: node bench/export-repeat.mjs [options]

  --json          print {client, mode, completed, times, wallMs}
  --times N       how often (20)
  --client NAME   bk or buildx (bk)
  --mode MODE     embedded or standalone (embedded)
  --scale FACTOR  a fraction of the 50,000 files (1)

Ends with 1 unless every export is complete. One that takes more than a minute has hung, and is killed.
`;

const TIMEOUT_MS = 60_000;
const FILES = filesCase(50_000);

async function main() {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean" },
      times: { type: "string", default: "20" },
      client: { type: "string", default: "bk" },
      mode: { type: "string", default: "embedded" },
      scale: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const { client, mode } = values;
  const [times, scale] = [Number(values.times), Number(values.scale)];
  const known = ["bk", "buildx"].includes(client) && ["embedded", "standalone"].includes(mode);
  if (!known || !(times >= 1) || !(scale > 0)) throw new Error(USAGE);
  await withRig(async (rig) => {
    const walls = await exportRepeatedly(rig, { client, mode, times, scale });
    const result = { client, mode, completed: walls.length, times, wallMs: Math.round(median(walls)) };
    console.log(
      values.json
        ? JSON.stringify(result, undefined, 2)
        : `${client} completed ${result.completed} of ${times}, ${result.wallMs} ms each`,
    );
    if (result.completed < times) process.exitCode = 1;
  });
}

/** The times of those that completed, in milliseconds. */
async function exportRepeatedly(rig, { client, mode, times, scale }) {
  await prepareBuildx(rig);
  const contextDir = path.join(rig.dir, "context");
  await writeExportContext(FILES, contextDir, { scale, busybox: rig.engine.busybox });
  const program = clientPrograms(rig, { mode, contextDir, output: localOutput(rig) })[client];
  const walls = [];
  for (let index = 0; index < times; index += 1) {
    await clearExport(rig);
    const { dir, engine } = rig;
    const measured = await measure(program, { busybox: engine.busybox, dir, timeoutMs: TIMEOUT_MS });
    if (!measured) continue;
    await FILES.check(exportDir(rig), scale);
    walls.push(measured.wallMs);
  }
  return walls;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
