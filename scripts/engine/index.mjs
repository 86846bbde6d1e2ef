// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { createBridge, removeBridge } from "./bridge.mjs";
import { startDaemon, stopDaemon } from "./daemon.mjs";
import { withLock } from "./lock.mjs";
import { unmountUnder } from "./mounts.mjs";
import { fetchOpenssh, fetchPackages, fetchTmux, findPackages, packageNames } from "./packages.mjs";
import { DEFAULT_NAME, enginePlaces } from "./places.mjs";
import { readHealthyState, readState, readVersions, toolPaths, writeState } from "./state.mjs";
import { checkSystem, installSystemPackages, missingSystemPackages } from "./system.mjs";

export { EngineError } from "./error.mjs";

/**
 * @typedef {import("./state.mjs").EngineState} EngineState
 *
 * @typedef {object} EngineOptions
 * @property {string} [name] a second engine beside the shared one: 1 to 8 letters or digits
 * @property {string} [dataRoot] where images and caches are kept, such as a tmpfs
 * @property {boolean} [forTests] fetch what only the tests need too: an image registry, OpenSSH and tmux
 * @property {(text: string) => void} [onNotice] lines for the person who waits
 */

/**
 * The private engine, started if it is not running. Processes that ask at once share one.
 *
 * @param {EngineOptions} [options]
 * @returns {Promise<EngineState>}
 * @throws {import("./error.mjs").EngineError}
 */
export async function engineUp(options = {}) {
  const places = enginePlaces(options);
  const found = await readHealthyState(places);
  if (isSufficient(found, options)) return found;
  const system = await checkSystem();
  const notice = options.onNotice ?? (() => {});
  const onWait = () => notice("Waiting for another process that is starting or stopping an engine ...");
  return withLock(places.lockFile, { onWait }, async () => {
    const state = await readHealthyState(places);
    if (isSufficient(state, options)) return state;
    const packages = await preparePackages(places, system, options, notice);
    const running = state
      ? await writeState(places, { ...state, ...toolPaths(packages) })
      : await start(places, packages);
    if (!options.forTests) return running;
    // null: it was tried.
    const openssh = (await fetchOpenssh(places.packagesDir, system)) ?? null;
    const tmux = (await fetchTmux(places.packagesDir, system)) ?? null;
    return writeState(places, { ...running, openssh, tmux });
  });
}

/**
 * The engine that runs now, or undefined. Never starts anything.
 *
 * @param {{ name?: string }} [options]
 * @returns {Promise<EngineState | undefined>}
 */
export async function engineStatus({ name } = {}) {
  return readHealthyState(enginePlaces({ name }));
}

/**
 * Stops one engine and removes its sockets, bridge and rules. Its images stay in its data root.
 *
 * @param {{ name?: string }} [options]
 * @returns {Promise<boolean>} whether one was there
 */
export async function engineDown({ name } = {}) {
  const places = enginePlaces({ name });
  const state = await readState(places);
  if (state === undefined) return false;
  await checkSystem();
  await withLock(places.lockFile, {}, () => clear(places, state.busybox));
  return true;
}

function isSufficient(state, { forTests }) {
  if (state === undefined) return false;
  const { registry, openssh, tmux } = state;
  return !forTests || [registry, openssh, tmux].every((tool) => tool !== undefined);
}

async function preparePackages(places, system, options, notice) {
  const names = packageNames(system.id, options);
  const found = await findPackages(places.packagesDir, names);
  const missing = await missingSystemPackages();
  const stop =
    places.name === DEFAULT_NAME
      ? "npm run engine:down"
      : `node scripts/engine.mjs down --name ${places.name}`;
  const lines = [`Starting a private BuildKit engine (dockerd). Stop it with: ${stop}`];
  if (!found) lines.push(`  downloads   ${names.join(", ")} (about 80 MB) into ${places.packagesDir}`);
  if (missing.length > 0) lines.push(`  installs    ${missing.join(", ")} on this system, by apt-get`);
  lines.push(`  runs at     ${places.dockerSocket}`, `  keeps data  in ${places.dataRoot}`);
  notice(lines.join("\n"));
  await installSystemPackages(missing);
  return found ?? (await fetchPackages(places.packagesDir, names, system));
}

async function start(places, packages) {
  const tools = toolPaths(packages);
  await clear(places, tools.busybox);
  const bridgeAddress = await createBridge(places.bridge, tools.busybox);
  try {
    const pid = await startDaemon(places, packages.dir);
    await mkdir(join(places.dockerConfig, "cli-plugins"), { recursive: true });
    await symlink(tools.buildx, join(places.dockerConfig, "cli-plugins/docker-buildx"));
    const { name, dockerSocket, dockerConfig, dataRoot, logFile, bridge } = places;
    const versions = { ...(await readVersions(dockerSocket, tools.buildx)), suite: packages.suite };
    const dockerHost = `unix://${dockerSocket}`;
    const own = { name, pid, dockerSocket, dockerHost, dockerConfig, dataRoot, logFile, versions };
    return await writeState(places, { ...own, ...tools, bridge, bridgeAddress });
  } catch (error) {
    await stopDaemon(places);
    await removeBridge(places.bridge, bridgeAddress, tools.busybox);
    throw error;
  }
}

/** Leaves nothing of an engine that ran here before, whether it was stopped or killed. */
async function clear(places, busybox) {
  const state = await readState(places);
  await stopDaemon(places);
  await removeBridge(places.bridge, state?.bridgeAddress, busybox);
  for (const dir of [places.engineDir, state?.dataRoot ?? places.dataRoot]) await unmountUnder(dir);
  await rm(places.engineDir, { recursive: true, force: true });
}
