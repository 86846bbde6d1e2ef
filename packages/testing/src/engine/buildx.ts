// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Engine } from "./engine.js";

const run = promisify(execFile);

/**
 * Builds an image into the engine's store with `docker buildx build`, to compare with. Nothing comes from the
 * build cache, and no attestation is added.
 *
 * @param args more of the command line
 * @throws Error with what the command wrote
 */
export async function buildWithBuildx(
  engine: Engine,
  contextDir: string,
  tag: string,
  args: readonly string[] = [],
): Promise<void> {
  await runBuildx(engine, ["--no-cache", "--tag", tag, ...args, contextDir]);
}

/**
 * Exports what a build makes into a directory with `docker buildx build`, to compare with. Steps may come from the
 * build cache, so that another client that builds the same exports the same files.
 *
 * @throws Error with what the command wrote
 */
export async function exportWithBuildx(engine: Engine, contextDir: string, dest: string): Promise<void> {
  await runBuildx(engine, ["--output", `type=local,dest=${dest}`, contextDir]);
}

async function runBuildx(engine: Engine, args: readonly string[]): Promise<void> {
  const { docker = "docker", dockerHost, dockerConfig } = engine;
  const env = {
    ...process.env,
    DOCKER_HOST: dockerHost,
    ...(dockerConfig !== undefined && { DOCKER_CONFIG: dockerConfig }),
  };
  await run(docker, ["buildx", "build", "--provenance=false", "--progress=plain", ...args], { env });
}
