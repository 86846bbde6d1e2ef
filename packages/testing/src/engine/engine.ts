// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The Docker whose BuildKit the integration tests use. */
export interface Engine {
  /** Path of its unix socket. */
  readonly dockerSocket: string;
  /** The same in the form of DOCKER_HOST. */
  readonly dockerHost: string;
  /** A static busybox to build images from where no registry can be reached; absent with a user's own Docker. */
  readonly busybox?: string | undefined;
  /** The docker command, and a DOCKER_CONFIG in which buildx is its plugin, for comparisons. */
  readonly docker?: string | undefined;
  readonly dockerConfig?: string | undefined;
  /** The docker-registry program. */
  readonly registry?: string | undefined;
  /** A folder with OpenSSH in it: usr/sbin/sshd, usr/bin/ssh and so on. */
  readonly openssh?: string | null | undefined;
  /** A folder with tmux in it: usr/bin/tmux, and its libraries. */
  readonly tmux?: string | null | undefined;
}

export type EngineLookup = { readonly engine: Engine } | { readonly reason: string };

/**
 * Looks for the engine without connecting to it: BK_TEST_DOCKER=1 takes the Docker of DOCKER_HOST or the
 * default socket; BK_TEST_ENGINE names a unix socket (a path or unix:// address) or an engine's state file;
 * else the private engine that `node scripts/engine.mjs up` leaves running.
 */
export function findEngine(env: NodeJS.ProcessEnv = process.env): EngineLookup {
  if (env["BK_TEST_DOCKER"] === "1") return findSocket(env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock");
  const named = env["BK_TEST_ENGINE"];
  if (named !== undefined && !named.endsWith(".json")) return findSocket(named);
  const stateFile = named ?? path.join(env["XDG_RUNTIME_DIR"] || "/run", "bk-engine/main/state.json");
  if (!existsSync(stateFile)) {
    return { reason: "no engine is running: start one with node scripts/engine.mjs up --for-tests" };
  }
  const state: Engine & { pid: number } = JSON.parse(readFileSync(stateFile, "utf8"));
  if (!isRunning(state.pid)) return { reason: `the engine of ${stateFile} has ended` };
  return { engine: state };
}

/**
 * The engine, for use within tests and hooks of an `integration.describe`.
 *
 * @throws Error with the reason when there is none
 */
export function useEngine(): Engine {
  const found = findEngine();
  if ("reason" in found) throw new Error(found.reason);
  return found.engine;
}

function findSocket(address: string): EngineLookup {
  const dockerSocket = address.replace(/^unix:\/\//, "");
  const isSocket = statSync(dockerSocket, { throwIfNoEntry: false })?.isSocket() ?? false;
  if (!isSocket) return { reason: `there is no Docker socket at ${address}` };
  return { engine: { dockerSocket, dockerHost: `unix://${dockerSocket}` } };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
