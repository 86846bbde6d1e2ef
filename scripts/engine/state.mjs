// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { isHealthy } from "./daemon.mjs";
import { getDocker } from "./docker-api.mjs";
import { run } from "./run.mjs";

/**
 * @typedef {object} Tools
 * @property {string} binDir holds docker
 * @property {string} docker path of the command
 * @property {string} buildx path of the plugin
 * @property {string} busybox path of a static busybox, to use as a base image
 * @property {string} [registry] path of docker-registry, when it was fetched
 *
 * @typedef {object} OwnState
 * @property {string} name
 * @property {number} pid of dockerd
 * @property {string} dockerSocket path
 * @property {string} dockerHost the same as a DOCKER_HOST
 * @property {string} dockerConfig a DOCKER_CONFIG in which buildx is a plugin of docker
 * @property {string} dataRoot
 * @property {string} logFile
 * @property {string} bridge
 * @property {string} bridgeAddress
 * @property {string | null} [openssh] the folder of the unpacked OpenSSH, when it was asked for; null if there is none
 * @property {string | null} [tmux] the same of tmux
 * @property {{ docker: string, api: string, buildx: string, suite: string }} versions
 *
 * @typedef {OwnState & Tools} EngineState
 */

/**
 * @param {import("./packages.mjs").Packages} packages
 * @returns {Tools}
 */
export function toolPaths({ dir, names }) {
  const binDir = join(dir, "usr/bin");
  return {
    binDir,
    docker: join(binDir, "docker"),
    buildx: join(dir, "usr/libexec/docker/cli-plugins/docker-buildx"),
    busybox: join(binDir, "busybox"),
    ...(names.includes("docker-registry") ? { registry: join(binDir, "docker-registry") } : {}),
  };
}

/** Asks the running engine, so that what is printed is what answers. */
export async function readVersions(dockerSocket, buildx) {
  const version = JSON.parse(await getDocker(dockerSocket, "/version", { timeoutMs: 5000 }));
  const buildxVersion = /(\d+\.\d+\.\d+\S*)/.exec(await run(buildx, ["version"]))?.[1];
  return { docker: version.Version, api: version.ApiVersion, buildx: buildxVersion ?? "unknown" };
}

/**
 * What the last start wrote, whether that engine still runs or not.
 *
 * @param {import("./places.mjs").EnginePlaces} places
 * @returns {Promise<EngineState | undefined>}
 */
export async function readState(places) {
  const text = await readFile(places.stateFile, "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * The state of an engine that answers now.
 *
 * @param {import("./places.mjs").EnginePlaces} places
 */
export async function readHealthyState(places) {
  const state = await readState(places);
  return state !== undefined && (await isHealthy(state.dockerSocket)) ? state : undefined;
}

/**
 * @param {import("./places.mjs").EnginePlaces} places
 * @param {EngineState} state
 * @returns {Promise<EngineState>} the same
 */
export async function writeState(places, state) {
  await writeFile(places.stateFile, `${JSON.stringify(state, undefined, 2)}\n`);
  return state;
}
