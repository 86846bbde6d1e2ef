// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { getDocker } from "./docker-api.mjs";
import { EngineError } from "./error.mjs";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/**
 * Starts dockerd in the background and waits until it answers.
 *
 * @param {import("./places.mjs").EnginePlaces} places
 * @param {string} root the unpacked packages
 * @returns {Promise<number>} its process id
 * @throws {EngineError} BK_ENGINE_START with the last lines of its log
 */
export async function startDaemon(places, root) {
  await mkdir(places.engineDir, { recursive: true, mode: 0o700 });
  await mkdir(places.dataRoot, { recursive: true });
  await rm(places.dockerSocket, { force: true });
  await writeFile(places.daemonConfig, JSON.stringify(daemonConfig(places), undefined, 2));
  const dockerd = ["usr/sbin/dockerd", "usr/bin/dockerd"]
    .map((path) => join(root, path))
    .find((path) => existsSync(path));
  const log = await open(places.logFile, "w");
  const child = spawn(dockerd, ["--config-file", places.daemonConfig], {
    cwd: "/",
    detached: true,
    env: { ...process.env, PATH: `${join(root, "usr/bin")}:${join(root, "usr/sbin")}:${process.env.PATH}` },
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const exit = once(child, "exit").then(
    ([code, signal]) => `dockerd ended at once (${signal ?? `exit code ${code}`})`,
  );
  const problem = await Promise.race([exit, untilHealthy(places.dockerSocket)]);
  child.unref();
  if (problem === undefined) return child.pid;
  child.kill();
  throw new EngineError(
    "BK_ENGINE_START",
    `${problem}. The end of ${places.logFile}:\n${await tail(places.logFile)}`,
  );
}

function daemonConfig(places) {
  return {
    hosts: [`unix://${places.dockerSocket}`],
    "data-root": places.dataRoot,
    "exec-root": places.execRoot,
    pidfile: places.pidFile,
    bridge: places.bridge,
    iptables: false,
    ip6tables: false,
    features: { "containerd-snapshotter": true },
  };
}

async function untilHealthy(socket) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await isHealthy(socket)) return undefined;
    await delay(POLL_MS);
  }
  return `dockerd did not answer within ${START_TIMEOUT_MS / 1000} s`;
}

/**
 * @param {string} socket
 * @returns {Promise<boolean>} whether a Docker daemon answers there
 */
export function isHealthy(socket) {
  return getDocker(socket, "/_ping", { timeoutMs: 5000 }).then(
    (text) => text === "OK",
    () => false,
  );
}

/**
 * Stops dockerd, then its containerd should that be left over; returns at once when neither runs.
 *
 * @param {import("./places.mjs").EnginePlaces} places
 * @throws {EngineError} BK_ENGINE_STOP
 */
export async function stopDaemon(places) {
  for (const pidFile of [places.pidFile, join(places.execRoot, "containerd/containerd.pid")]) {
    const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
    // The id may belong to another process by now: only one that runs with our paths is ours.
    if (pid > 0 && (await commandLine(pid)).includes(places.engineDir)) await stopProcess(pid, places);
  }
}

async function stopProcess(pid, places) {
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while ((await commandLine(pid)) !== "") {
    if (Date.now() > deadline + STOP_TIMEOUT_MS) {
      throw new EngineError("BK_ENGINE_STOP", `The process ${pid} of ${places.engineDir} does not end.`);
    }
    if (Date.now() > deadline) process.kill(pid, "SIGKILL");
    await delay(POLL_MS);
  }
}

/** Empty for a process that has ended, even when its parent has not reaped it. */
async function commandLine(pid) {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
}

async function tail(file) {
  return (await readFile(file, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
}
