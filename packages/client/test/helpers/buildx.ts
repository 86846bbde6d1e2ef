// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Engine } from "@bk/testing";

const run = promisify(execFile);

/** Runs `docker buildx build` without attestations, to compare with. @throws Error with what it wrote */
export async function runBuildx(engine: Engine, args: readonly string[]): Promise<void> {
  const { docker = "docker", dockerHost, dockerConfig } = engine;
  const env = {
    ...process.env,
    DOCKER_HOST: dockerHost,
    ...(dockerConfig !== undefined && { DOCKER_CONFIG: dockerConfig }),
  };
  await run(docker, ["buildx", "build", "--provenance=false", "--progress=plain", ...args], { env });
}
