// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join, resolve } from "node:path";
import { SessionError } from "../../errors.js";
import { type ByteString, toByteString } from "../byte-string.js";
import { createDiskTree } from "../source/disk-tree.js";
import type { FileTree } from "../source/file-tree.js";
import { createMemoryTree } from "../source/memory-tree.js";
import type { FileStat } from "../source/stat.js";
import type { ContextOptions } from "./context-options.js";
import { findFile } from "./find-file.js";

/** The directory that the daemon takes the Dockerfile, and an ignore file beside it, from. */
export interface DockerfileDir {
  readonly tree: FileTree;
  /** The Dockerfile's name in it, whether it is there or not. */
  readonly filename: ByteString;
  /** Undefined if there is no Dockerfile. */
  readonly dockerfile: FileStat | undefined;
}

/**
 * @param dir the context
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE` if a Dockerfile that was named is not there.
 */
export function openDockerfileDir(dir: string, dockerfile: ContextOptions["dockerfile"]): DockerfileDir {
  const { tree, name } = locate(dir, dockerfile);
  const filename = toByteString(name);
  // Must match the daemon, which takes `dockerfile` where there is no `Dockerfile`.
  const found =
    findFile(tree, filename) ?? (filename === "Dockerfile" ? findFile(tree, "dockerfile") : undefined);
  if (!found && dockerfile !== undefined) {
    const path = join(tree.location, name);
    throw new SessionError(
      "BK_CONTEXT_UNREADABLE",
      `Cannot read the Dockerfile ${path}: it does not exist, or is no file`,
    );
  }
  return { tree, filename, dockerfile: found };
}

function locate(dir: string, dockerfile: ContextOptions["dockerfile"]): { tree: FileTree; name: string } {
  if (dockerfile === undefined) return { tree: createDiskTree(dir), name: "Dockerfile" };
  if (typeof dockerfile !== "string") {
    return { tree: createMemoryTree({ Dockerfile: dockerfile.text }), name: "Dockerfile" };
  }
  const path = resolve(dockerfile);
  return { tree: createDiskTree(dirname(path)), name: basename(path) };
}
