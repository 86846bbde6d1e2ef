// SPDX-License-Identifier: Apache-2.0
import { copyFile } from "node:fs/promises";
import path from "node:path";

import type { Engine } from "./engine.js";

const BUSYBOX_STAGE = `FROM scratch AS shell
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
`;

/**
 * Makes a build context able to have a shell without a registry: copies the engine's static busybox into it
 * and returns the first lines of a Dockerfile, a stage called `shell` for `FROM shell`. With a user's own
 * Docker the stage is busybox from its registry.
 *
 * @param contextDir an existing folder
 */
export async function addShell(contextDir: string, engine: Engine): Promise<string> {
  if (engine.busybox === undefined) return "FROM busybox AS shell\n";
  await copyFile(engine.busybox, path.join(contextDir, "busybox"));
  return BUSYBOX_STAGE;
}
