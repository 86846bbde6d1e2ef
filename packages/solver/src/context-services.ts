// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type Attachable,
  createDiskSource,
  createFileSend,
  createFileSync,
  createMemorySource,
  type OpenExport,
  type SyncSource,
} from "@bk/session";
import { invalidOption } from "./options/invalid-option.js";
import type { DockerfileSource, ResolvedSolveOptions } from "./options/solve-options.js";
import { CONTEXT_DIR_NAME, DOCKERFILE_DIR_NAME } from "./options/solve-request.js";

export interface ContextServices {
  readonly attachables: readonly Attachable[];
  /** Lets the daemon reuse what it got of this directory from this machine in an earlier build. */
  readonly sharedKey: string;
}

/**
 * The session services that a build's own options ask for: the context and the Dockerfile, and the targets of
 * exports that come over the session.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` when the context or the Dockerfile is not there.
 */
export async function createContextServices(options: ResolvedSolveOptions): Promise<ContextServices> {
  const { contextDir, dockerfile } = options;
  await checkContextDir(contextDir);
  if (dockerfile.kind === "disk") await checkDockerfile(dockerfile);
  const dirs = new Map<string, SyncSource>([
    [CONTEXT_DIR_NAME, createDiskSource(contextDir)],
    [DOCKERFILE_DIR_NAME, dockerfileSource(dockerfile)],
  ]);
  const targets = exportTargets(options);
  return {
    attachables: [createFileSync({ dirs }), ...(targets.size > 0 ? [createFileSend(targets)] : [])],
    sharedKey: createHash("sha256").update(`${hostname()}\0${contextDir}`).digest("hex"),
  };
}

function dockerfileSource(dockerfile: DockerfileSource): SyncSource {
  if (dockerfile.kind === "disk") return createDiskSource(dockerfile.dir);
  return createMemorySource({ [dockerfile.filename]: dockerfile.text });
}

function exportTargets(options: ResolvedSolveOptions): ReadonlyMap<number, OpenExport> {
  const targets = new Map<number, OpenExport>();
  for (const [index, { open }] of options.exports.entries()) if (open) targets.set(index, open);
  return targets;
}

async function checkContextDir(contextDir: string): Promise<void> {
  const found = await stat(contextDir).catch((cause: NodeJS.ErrnoException) => {
    throw invalidOption("contextDir", `Cannot read the context ${contextDir}: ${reason(cause)}`);
  });
  if (!found.isDirectory()) throw invalidOption("contextDir", `The context ${contextDir} is not a directory`);
}

/** Like the daemon's frontend, takes `dockerfile` where there is no `Dockerfile`. */
async function checkDockerfile({ dir, filename }: DockerfileSource & { kind: "disk" }): Promise<void> {
  const path = join(dir, filename);
  const found = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    if (filename === "Dockerfile" && (await stat(join(dir, "dockerfile")).catch(() => undefined)))
      return undefined;
    throw invalidOption("dockerfile", `Cannot read the Dockerfile ${path}: ${reason(cause)}`);
  });
  if (found?.isDirectory()) throw invalidOption("dockerfile", `The Dockerfile ${path} is a directory`);
}

function reason(cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "it does not exist";
  if (cause.code === "EACCES") return "permission denied";
  return cause.message;
}
