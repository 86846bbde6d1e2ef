// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * @typedef {{ command: string, args: readonly string[], env: NodeJS.ProcessEnv }} Program
 * @typedef {{ wallMs: number, cpuMs: number, peakRssBytes: number }} Measurement
 */

/**
 * Runs one process to its end under busybox's `time`, which asks the kernel what it used.
 *
 * @param {Program} program
 * @param {{ busybox: string, dir: string }} options `dir` takes its output
 * @returns {Promise<Measurement>}
 */
export async function measure({ command, args, env }, { busybox, dir }) {
  const usageFile = path.join(dir, "usage");
  const logFile = path.join(dir, "output.log");
  const log = await open(logFile, "w");
  const started = process.hrtime.bigint();
  const child = spawn(busybox, ["time", "-f", "%U %S %M", "-o", usageFile, command, ...args], {
    env,
    stdio: ["ignore", log.fd, log.fd],
  });
  const [code] = await once(child, "close");
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  await log.close();
  if (code !== 0) throw new Error(`${path.basename(command)} failed:\n${await readFile(logFile, "utf8")}`);
  const [user, system, peakKib] = (await readFile(usageFile, "utf8")).trim().split(" ").map(Number);
  return { wallMs, cpuMs: Math.round((user + system) * 1000), peakRssBytes: peakKib * 1024 };
}
