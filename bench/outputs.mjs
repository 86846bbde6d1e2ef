// SPDX-License-Identifier: Apache-2.0
// Exports an image of 1 GiB with bk and with docker buildx in turn, as an OCI tar and into Docker, and compares them.
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { removeImage } from "@bk/testing";
import { TAG } from "./lib/clients.mjs";
import { compare } from "./lib/compare.mjs";
import { clearExport, EXPORT_CASES, exportDir, pieces, writeExportContext } from "./lib/exports.mjs";
import { readOptions } from "./lib/options.mjs";

const MIB = 1 << 20;
const BARS = { wallRatio: 1.1, peakRssBytes: 150e6, stallMs: 200 };
const { script } = EXPORT_CASES.find(({ name }) => name === "1-gib-file");

const CASES = [
  { name: "oci-tar", bars: BARS, script, isTar: true },
  // Embedded, the image never leaves the daemon.
  { name: "docker-load", bars: BARS, script, modes: ["standalone"] },
];

const tarPath = (rig) => path.join(exportDir(rig), "image.tar");

const comparison = {
  write: writeExportContext,
  output(rig, { isTar }) {
    if (!isTar) return undefined;
    const dest = tarPath(rig);
    return {
      bk: { tag: TAG, exports: [{ type: "oci", dest }] },
      buildx: ["-t", TAG, "-o", `type=oci,dest=${dest}`],
    };
  },
  async beforeRun(rig) {
    await clearExport(rig);
    await mkdir(exportDir(rig));
    await removeImage(rig.engine.dockerSocket, TAG);
  },
  async afterRun(rig, { isTar }, scale) {
    if (!isTar) return;
    const { size } = await stat(tarPath(rig));
    if (size < pieces(scale) * MIB) throw new Error(`The tar has only ${size} bytes`);
  },
};

try {
  const options = readOptions("outputs.mjs", CASES);
  if (options) await compare(comparison, options);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
