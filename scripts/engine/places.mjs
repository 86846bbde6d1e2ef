// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import { join } from "node:path";

import { EngineError } from "./error.mjs";

/** The engine that every clone of one user shares. */
export const DEFAULT_NAME = "main";

// The kernel's limit for a unix socket path is 108 bytes with the final NUL.
const MAX_SOCKET_PATH_BYTES = 107;
const LONGEST_SOCKET = "exec/containerd/containerd-debug.sock";

/**
 * Where the engine called `name` keeps its things. Sockets live in a short folder, downloads and image data
 * under the user's cache folder.
 *
 * @param {{ name?: string, dataRoot?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function enginePlaces({ name = DEFAULT_NAME, dataRoot, env = process.env } = {}) {
  if (!/^[a-z0-9]{1,8}$/.test(name)) {
    throw new EngineError(
      "BK_ENGINE_USAGE",
      `The engine name "${name}" is not 1 to 8 letters a-z or digits.`,
    );
  }
  const cacheDir = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bk-engine");
  const runtimeDir = env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, "bk-engine") : "/run/bk-engine";
  const engineDir = join(runtimeDir, name);
  if (Buffer.byteLength(join(engineDir, LONGEST_SOCKET)) > MAX_SOCKET_PATH_BYTES) {
    throw new EngineError(
      "BK_ENGINE_USAGE",
      `${runtimeDir} is too long for unix sockets. Set a shorter XDG_RUNTIME_DIR.`,
    );
  }
  return {
    name,
    cacheDir,
    packagesDir: join(cacheDir, "packages"),
    dataRoot: dataRoot ?? join(cacheDir, "data", name),
    runtimeDir,
    lockFile: join(runtimeDir, "lock"),
    engineDir,
    dockerSocket: join(engineDir, "docker.sock"),
    dockerConfig: join(engineDir, "docker-config"),
    daemonConfig: join(engineDir, "daemon.json"),
    execRoot: join(engineDir, "exec"),
    pidFile: join(engineDir, "dockerd.pid"),
    logFile: join(engineDir, "dockerd.log"),
    stateFile: join(engineDir, "state.json"),
    bridge: `bk-${name}`,
  };
}

/** @typedef {ReturnType<typeof enginePlaces>} EnginePlaces */
