// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const TAG = "bk-bench:latest";
const BK_BUILD = fileURLToPath(new URL("../bk-build.mjs", import.meta.url));

/**
 * The same build with each client. Embedded, both go to Docker's own BuildKit. Standalone, both go to the
 * relay and load the image into Docker afterwards, buildx as a remote builder.
 *
 * @param {import("./rig.mjs").Rig} rig
 * @param {"embedded" | "standalone"} mode
 * @param {string} contextDir
 * @returns {{ bk: import("./measure.mjs").Program, buildx: import("./measure.mjs").Program }}
 */
export function clientPrograms(rig, mode, contextDir) {
  const env = clientEnv(rig);
  const builder = mode === "standalone" ? ["--builder", "relay", "--load"] : ["--builder", "default"];
  // bk attests nothing yet, and buildx would by default.
  const options = [...builder, "--provenance=false", "--progress", "plain", "-t", TAG];
  return {
    bk: {
      command: process.execPath,
      args: [BK_BUILD, mode, contextDir, TAG],
      env: mode === "standalone" ? { ...env, BUILDKIT_HOST: rig.buildkitHost } : env,
    },
    // The plugin is started by itself: through docker it would be two processes.
    buildx: { command: rig.engine.buildx, args: ["build", ...options, contextDir], env },
  };
}

/** Makes buildx know the relay; resolves to buildx's version. */
export async function prepareBuildx(rig) {
  const run = (...args) => promisify(execFile)(rig.engine.buildx, args, { env: clientEnv(rig) });
  await run("create", "--name", "relay", "--driver", "remote", rig.buildkitHost);
  return rig.engine.versions.buildx;
}

function clientEnv({ dir, engine }) {
  const home = path.join(dir, "home");
  return { PATH: process.env.PATH, HOME: home, DOCKER_CONFIG: home, DOCKER_HOST: engine.dockerHost };
}
