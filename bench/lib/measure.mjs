// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * `stallMs` is undefined for a program that does not write a `stallFile`.
 *
 * @typedef {{ command: string, args: readonly string[], env: NodeJS.ProcessEnv, stallFile?: string }} Program
 * @typedef {{ wallMs: number, cpuMs: number, peakRssBytes: number, stallMs: number | undefined }} Measurement
 */

/**
 * Runs one process to its end under busybox's `time`, which asks the kernel what it used. Resolves to undefined
 * for one that has not ended after `timeoutMs`, which is then killed.
 *
 * @param {Program} program
 * @param {{ busybox: string, dir: string, timeoutMs: number }} options `dir` takes its output
 * @returns {Promise<Measurement | undefined>}
 */
export async function measure({ command, args, env, stallFile }, { busybox, dir, timeoutMs }) {
  const usageFile = path.join(dir, "usage");
  const logFile = path.join(dir, "output.log");
  const log = await open(logFile, "w");
  const started = process.hrtime.bigint();
  const child = spawn(busybox, ["time", "-f", "%U %S %M", "-o", usageFile, command, ...args], {
    env,
    stdio: ["ignore", log.fd, log.fd],
    detached: true, // a process group, so that it can be killed as a whole
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    process.kill(-child.pid, "SIGKILL");
  }, timeoutMs);
  const [code] = await once(child, "close");
  clearTimeout(timer);
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  await log.close();
  if (hung) return undefined;
  if (code !== 0) throw new Error(`${path.basename(command)} failed:\n${await readFile(logFile, "utf8")}`);
  const [user, system, peakKib] = (await readFile(usageFile, "utf8")).trim().split(" ").map(Number);
  const stallMs = stallFile === undefined ? undefined : Number(await readFile(stallFile, "utf8"));
  return { wallMs, cpuMs: Math.round((user + system) * 1000), peakRssBytes: peakKib * 1024, stallMs };
}
