// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";

import { succeeds } from "./run.mjs";

/**
 * Unmounts what a killed dockerd left mounted at or below `dir`, the last mounted first.
 *
 * @param {string} dir
 */
export async function unmountUnder(dir) {
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  const points = mounts
    .split("\n")
    .map((line) => decodeOctal(line.split(" ")[4] ?? ""))
    .filter((point) => point === dir || point.startsWith(`${dir}/`));
  for (const point of points.reverse()) await succeeds("umount", ["-l", point]);
}

/** mountinfo writes a space as \\040. */
function decodeOctal(text) {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}
