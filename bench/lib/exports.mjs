// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

const MIB = 1 << 20;
const FILES_PER_DIR = 100;
const BARS = { wallRatio: 1, stallMs: 200 };

/**
 * What is exported. The build itself makes it, so that nothing large is sent for it.
 *
 * @typedef {object} ExportCase
 * @property {string} name
 * @property {import("./report.mjs").Bars} bars
 * @property {(scale: number) => string} script makes /out
 * @property {(dir: string, scale: number) => Promise<void>} check throws unless all of it is in `dir`
 *
 * @type {readonly ExportCase[]}
 */
export const EXPORT_CASES = [
  filesCase(25_000),
  {
    name: "1-gib-file",
    bars: { ...BARS, peakRssBytes: 150e6 },
    script: (scale) => `busybox dd if=/dev/urandom of=/out/large.bin bs=1M count=${pieces(scale)}`,
    check: async (dir, scale) => {
      const { size } = await stat(path.join(dir, "large.bin"));
      if (size !== pieces(scale) * MIB) throw new Error(`Of the file only ${size} bytes were exported`);
    },
  },
];

/** Small files, with a number in each, 100 to a directory. */
export function filesCase(count) {
  return {
    name: `${count}-files`,
    bars: BARS,
    script: (scale) => `text=$(busybox head -c 1600 /dev/urandom | busybox base64)
for d in $(busybox seq ${directories(count, scale)}); do
  busybox mkdir /out/d$d
  for f in $(busybox seq ${FILES_PER_DIR}); do echo "$d/$f $text" > /out/d$d/f$f.txt; done
done`,
    check: async (dir, scale) => {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).length;
      const expected = directories(count, scale) * FILES_PER_DIR;
      if (files !== expected) throw new Error(`Of ${expected} files ${files} were exported`);
    },
  };
}

/**
 * Writes a build context whose steps are all cached after the first build, so that the export is what takes
 * the time.
 *
 * @param {ExportCase} testCase
 * @param {string} dir
 * @param {{ scale: number, busybox: string }} options
 */
export async function writeExportContext(testCase, dir, { scale, busybox }) {
  await mkdir(dir, { recursive: true });
  await copyFile(busybox, path.join(dir, "busybox"));
  await writeFile(path.join(dir, "make.sh"), `set -e\nbusybox mkdir /out\n${testCase.script(scale)}\n`);
  const dockerfile = `FROM scratch AS make
COPY busybox make.sh /bin/
RUN ["/bin/busybox", "sh", "/bin/make.sh"]
FROM scratch
COPY --from=make /out /
`;
  await writeFile(path.join(dir, "Dockerfile"), dockerfile);
}

/** The directory that is exported to; on the tmpfs like all else. */
export function exportDir(rig) {
  return path.join(rig.dir, "exported");
}

/** @returns {import("./clients.mjs").Output} */
export function localOutput(rig) {
  const dest = exportDir(rig);
  return { bk: { exports: [{ type: "local", dest }] }, buildx: ["-o", `type=local,dest=${dest}`] };
}

export async function clearExport(rig) {
  await rm(exportDir(rig), { recursive: true, force: true });
}

/** Pieces of 1 MiB that a GiB has. */
export function pieces(scale) {
  return Math.max(1, Math.round(1024 * scale));
}

function directories(count, scale) {
  return Math.max(1, Math.round((count * scale) / FILES_PER_DIR));
}
