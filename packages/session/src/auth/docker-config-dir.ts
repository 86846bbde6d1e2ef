// SPDX-License-Identifier: Apache-2.0
import os from "node:os";
import path from "node:path";
import type { Environment } from "../environment.js";

export interface DockerConfigDirOptions {
  /** Read for DOCKER_CONFIG. Default: the process's environment. */
  readonly env?: Environment | undefined;
  /** Where `.docker` is looked for when DOCKER_CONFIG is not set. Default: the user's home folder. */
  readonly homeDir?: string | undefined;
}

/** The folder of Docker's config.json. It need not exist. */
export function findDockerConfigDir({ env = process.env, homeDir }: DockerConfigDirOptions = {}): string {
  return env["DOCKER_CONFIG"] || path.join(homeDir ?? os.homedir(), ".docker");
}
