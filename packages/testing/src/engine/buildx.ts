// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Engine } from "./engine.js";

const run = promisify(execFile);

/**
 * Builds an image into the engine's store with `docker buildx build`, to compare with. Nothing comes from the
 * build cache, and no attestation is added.
 *
 * @throws Error with what the command wrote
 */
export async function buildWithBuildx(engine: Engine, contextDir: string, tag: string): Promise<void> {
  const { docker = "docker", dockerHost, dockerConfig } = engine;
  const options = ["--no-cache", "--provenance=false", "--progress=plain", "--tag", tag];
  const env = {
    ...process.env,
    DOCKER_HOST: dockerHost,
    ...(dockerConfig !== undefined && { DOCKER_CONFIG: dockerConfig }),
  };
  await run(docker, ["buildx", "build", ...options, contextDir], { env });
}
