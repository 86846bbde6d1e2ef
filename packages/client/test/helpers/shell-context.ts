// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { addShell, type TmpDir, tree, useEngine } from "@bk/testing";

/**
 * A build context with a Dockerfile whose stages can say `FROM shell`, which has busybox.
 * @param dockerfile what follows that stage
 */
export async function shellContext(dockerfile: string, ...files: readonly string[]): Promise<TmpDir> {
  const context = await tree("ADD greeting file hello", ...files);
  const shell = await addShell(context.path, useEngine());
  await writeFile(context.join("Dockerfile"), shell + dockerfile);
  return context;
}

/** An image name that no other test uses. */
export function uniqueTag(): string {
  return `bk-test-${randomUUID()}:1`;
}
