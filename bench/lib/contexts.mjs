// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeNodeModules } from "./node-modules.mjs";

const MIB = 1 << 20;
const FILES_PER_DIR = 100;
/** Held everywhere. */
const BARS = { wallRatio: 1, cpuRatio: 1, stallMs: 200 };

/**
 * What is sent. `scale` 1 is the full size; a smaller one is for trying the bench itself.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} sentBefore the daemon still has what the same client sent it, and gets what changed
 * @property {import("./report.mjs").Bars} bars
 * @property {(dir: string, scale: number) => Promise<string>} write
 * fills a folder and returns a shell test that holds where all of it has arrived at /context
 *
 * @type {readonly Case[]}
 */
export const CASES = [
  {
    name: "1-gib-file",
    sentBefore: false,
    bars: { ...BARS, peakRssBytes: 150e6 },
    write: writeLargeFile,
  },
  { name: "50000-files", sentBefore: false, bars: BARS, write: smallFilesWriter(50_000) },
  {
    name: "100000-unchanged",
    sentBefore: true,
    bars: { ...BARS, peakRssBytes: 250e6 },
    write: smallFilesWriter(100_000),
  },
  { name: "node-modules-90-dropped", sentBefore: false, bars: BARS, write: writeNodeModules },
];

/**
 * Writes a build context whose Dockerfile asks for the whole of it without copying it into a layer, so that
 * the transfer is what takes the time, and exports next to nothing.
 *
 * @param {Case} testCase
 * @param {string} dir
 * @param {{ scale: number, busybox: string }} options
 */
export async function writeContext(testCase, dir, { scale, busybox }) {
  await mkdir(dir, { recursive: true });
  const check = await testCase.write(dir, scale);
  await copyFile(busybox, path.join(dir, "busybox"));
  await touchContext(dir);
  const command = JSON.stringify(["/bin/busybox", "sh", "-c", `${check} && echo whole > /result`]);
  const dockerfile = `FROM scratch AS check
COPY busybox /bin/busybox
RUN --mount=type=bind,target=/context ${command}
FROM scratch
COPY --from=check /result /result
`;
  await writeFile(path.join(dir, "Dockerfile"), dockerfile);
}

/** Changes one small file, so that the step that looks at the context runs again. */
export async function touchContext(dir) {
  await writeFile(path.join(dir, "stamp"), randomBytes(16).toString("hex"));
}

async function writeLargeFile(dir, scale) {
  const pieces = Math.max(1, Math.round(1024 * scale));
  const file = await open(path.join(dir, "large.bin"), "w");
  for (let index = 0; index < pieces; index += 1) await file.write(randomBytes(MIB));
  await file.close();
  return `[ "$(busybox stat -c %s /context/large.bin)" = ${pieces * MIB} ]`;
}

/** Sizes as in a source tree: most are small, every tenth is larger; about 180 MB for 50,000. */
function smallFilesWriter(count) {
  return async (dir, scale) => {
    const dirs = Math.max(1, Math.round((count * scale) / FILES_PER_DIR));
    for (let index = 0; index < dirs; index += 1) {
      const folder = path.join(dir, `d${index % 10}`, `d${index}`);
      await mkdir(folder, { recursive: true });
      for (let file = 0; file < FILES_PER_DIR; file += 1) {
        await writeFile(path.join(folder, `f${file}.txt`), randomBytes(file % 10 === 0 ? 16_384 : 2200));
      }
    }
    return `[ "$(busybox find /context -name 'f*.txt' | busybox wc -l)" = ${dirs * FILES_PER_DIR} ]`;
  };
}
