// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { clientEnv, TAG } from "./clients.mjs";
import { measure } from "./measure.mjs";

const BK = fileURLToPath(new URL("../../packages/cli/dist/main.cjs", import.meta.url));
const LIBRARY = fileURLToPath(new URL("../open-client.mjs", import.meta.url));
/** No run takes a hundredth of it. */
const TIMEOUT_MS = 60_000;

/**
 * What is compared in a case, `bk` with `buildx`; for the library, `bk` is a process that goes on.
 *
 * @param {import("./rig.mjs").Rig} rig
 * @param {string} name
 * @param {{ mode: string, contextDir: string }} build
 */
export function startPrograms(rig, name, { mode, contextDir }) {
  const env = envOf(rig, mode);
  const node = (...args) => ({ command: process.execPath, args, env });
  if (name === "version") return { bk: node(BK, "--version"), buildx: node("-e", "0") };
  const flags = ["build", "-t", TAG, "--progress", "plain"];
  const standalone = mode === "standalone" ? ["--load"] : [];
  const builder = ["--builder", mode === "standalone" ? "relay" : "default"];
  // Each client attests what it does by default. Of the library that is nothing.
  const attests = name === "cached-build" ? [] : ["--provenance=false"];
  const buildxFlags = [...flags, ...standalone, ...builder, ...attests];
  return {
    ...(name === "cached-build" && { bk: node(BK, ...flags, ...standalone, contextDir) }),
    buildx: { command: rig.engine.docker, args: ["buildx", ...buildxFlags, contextDir], env: clientEnv(rig) },
  };
}

/** Lets `docker` find buildx: here its start is part of what is compared. */
export async function linkBuildx({ dir, engine }) {
  const plugins = path.join(dir, "home", "cli-plugins");
  await mkdir(plugins);
  await symlink(engine.buildx, path.join(plugins, "docker-buildx"));
}

/** A process with an open client of `@bk/client`, which has built before. */
export async function openLibrary(rig, { mode, contextDir }) {
  const options = JSON.stringify({ contextDir, tag: TAG });
  const child = fork(LIBRARY, [mode, options], {
    env: envOf(rig, mode),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  await once(child, "message");
  return {
    async build() {
      child.send("build");
      const [measured] = await once(child, "message");
      return measured;
    },
    async close() {
      child.disconnect();
      await exited;
    },
  };
}

/** Runs a process to its end. */
export function timeProgram(program, { engine, dir }) {
  return measure(program, { busybox: engine.busybox, dir, timeoutMs: TIMEOUT_MS });
}

function envOf(rig, mode) {
  const env = clientEnv(rig);
  return mode === "standalone" ? { ...env, BUILDKIT_HOST: rig.buildkitHost } : env;
}
