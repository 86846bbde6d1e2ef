// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const TAG = "bk-bench:latest";
const BK_BUILD = fileURLToPath(new URL("../bk-build.mjs", import.meta.url));

/**
 * The same build with each client. Embedded, both go to Docker's own BuildKit. Standalone, both go to the
 * relay, buildx as a remote builder. The image ends in Docker either way, unless `output` says otherwise.
 *
 * @typedef {{ bk: object, buildx: readonly string[] }} Output the same in bk's options and in buildx's flags
 *
 * @param {import("./rig.mjs").Rig} rig
 * @param {{ mode: "embedded" | "standalone", contextDir: string, output?: Output }} build
 * @returns {{ bk: import("./measure.mjs").Program, buildx: import("./measure.mjs").Program }}
 */
export function clientPrograms(rig, { mode, contextDir, output = loadOutput(mode) }) {
  const stallFile = path.join(rig.dir, "stall");
  const env = clientEnv(rig);
  return {
    bk: {
      command: process.execPath,
      args: [BK_BUILD, mode, stallFile, JSON.stringify({ contextDir, ...output.bk })],
      env: mode === "standalone" ? { ...env, BUILDKIT_HOST: rig.buildkitHost } : env,
      stallFile,
    },
    // The plugin is started by itself: through docker it would be two processes.
    buildx: { command: rig.engine.buildx, args: ["build", ...buildxOptions(mode, output), contextDir], env },
  };
}

function buildxOptions(mode, output) {
  const builder = ["--builder", mode === "standalone" ? "relay" : "default"];
  // bk attests nothing unless it is asked to, and buildx would by default.
  return [...builder, "--provenance=false", "--progress", "plain", ...output.buildx];
}

/** @returns {Output} */
function loadOutput(mode) {
  return { bk: { tag: TAG }, buildx: ["-t", TAG, ...(mode === "standalone" ? ["--load"] : [])] };
}

/** Makes buildx know the relay; resolves to buildx's version. */
export async function prepareBuildx(rig) {
  const run = (...args) => promisify(execFile)(rig.engine.buildx, args, { env: clientEnv(rig) });
  await run("create", "--name", "relay", "--driver", "remote", rig.buildkitHost);
  return rig.engine.versions.buildx;
}

/** An environment of nothing but what both clients need. */
export function clientEnv({ dir, engine }) {
  const home = path.join(dir, "home");
  return { PATH: process.env.PATH, HOME: home, DOCKER_CONFIG: home, DOCKER_HOST: engine.dockerHost };
}
